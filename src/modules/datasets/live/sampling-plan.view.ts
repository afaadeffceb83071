/** A sample that is fed no more. */
export interface LiveSampleView {
  id: string;
  planId: string;
  /** Counted from 1 within its plan. */
  no: number;
  /** Rows that it was drawn from. */
  offered: number;
  /** Of these, rows offered with keys that may not push policies: the sample decides no gate if there are any. */
  untrusted: number;
  firstOfferedAt: Date;
  lastOfferedAt: Date;
  /** Null until its job has succeeded. */
  datasetVersionId: string | null;
  createdAt: Date;
  createdBy: string;
}

/** How live rows are sampled, and the sample that is being fed. */
export interface SamplingPlanView {
  id: string;
  /** The dataset that its samples become versions of: the plan goes by this name. */
  dataset: string;
  /** Whose columns rows have to fit. */
  datasetVersionId: string;
  /** The split that samples are to be compared with. */
  split: string;
  /** Rows that a sample has at most. */
  capacity: number;
  seed: number;
  subjectColumn: string | null;
  sources: string[];
  /** Number of the sample that is being fed. */
  sampleNo: number;
  /** Rows that were offered for it. */
  offered: number;
  untrusted: number;
  /** Of these, those that wait in it. */
  waiting: number;
  firstOfferedAt: Date | null;
  lastOfferedAt: Date | null;
  createdAt: Date;
  createdBy: string;
}

type Counts<View> = {
  [Name in keyof View]: Name extends 'offered' | 'untrusted' | 'waiting' ? string : View[Name];
};
export type SamplingPlanRow = Counts<SamplingPlanView>;
export type LiveSampleRow = Counts<LiveSampleView>;

export const PLAN_SELECT = `
  SELECT p.id, p.dataset, p.dataset_version_id AS "datasetVersionId", p.split, p.capacity, p.seed, p.subject_column AS "subjectColumn",
    p.sources, p.sample_no AS "sampleNo", p.offered, p.untrusted, p.first_offered_at AS "firstOfferedAt",
    p.last_offered_at AS "lastOfferedAt", p.created_at AS "createdAt", p.created_by AS "createdBy",
    (SELECT count(*) FROM sampled_row r WHERE r.plan_id = p.id AND r.sample_no = p.sample_no AND r.fields IS NOT NULL) AS waiting
  FROM sampling_plan p`;

export const SAMPLE_SELECT = `
  SELECT s.id, s.plan_id AS "planId", s.no, s.offered, s.untrusted, s.first_offered_at AS "firstOfferedAt",
    s.last_offered_at AS "lastOfferedAt", s.dataset_version_id AS "datasetVersionId", s.created_at AS "createdAt",
    s.created_by AS "createdBy"
  FROM live_sample s`;

export const toPlan = (row: SamplingPlanRow): SamplingPlanView => ({
  ...row,
  offered: Number(row.offered),
  untrusted: Number(row.untrusted),
  waiting: Number(row.waiting),
});

export const toSample = (row: LiveSampleRow): LiveSampleView => ({
  ...row,
  offered: Number(row.offered),
  untrusted: Number(row.untrusted),
});
