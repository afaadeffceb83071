/** What an erasure did, and what it could not undo: the result of its job. */
export interface ErasureReport {
  /** What the audit log calls the subject, to which nothing leads any more. */
  pseudonym: string;
  /** True: it was erased before, and nothing else is said here. */
  alreadyErased: boolean;
  /** Rows of which the leaf is all that is left. */
  erased: { datasetVersion: string; split: string; rows: number }[];
  /** Versions that come after those which were the latest: without the rows of everybody who withdrew. */
  created: { after: string; datasetVersion: string; contentId: string }[];
  deleted: {
    /** Files of rows, labels, findings and predictions. */
    files: number;
    profiles: number;
    checks: number;
    /** Evaluations whose predictions were deleted. Their numbers stay. */
    evaluationsPredictions: number;
    contaminationFindings: number;
    uploads: number;
    jobAnswers: number;
    /** Rows that waited to become part of a live sample. */
    waitingRows: number;
  };
  /** What people have to see to: it was made of the rows, and stands. */
  remaining: {
    /** Of the files, those that other versions have, too, which do not say whom their rows are about. */
    filesInUse: number;
    runs: string[];
    modelVersions: string[];
    evaluations: string[];
    deployments: string[];
  };
}
