export const ERASE_SUBJECT = 'subjects.erase';

/** Names the subject by what is left of it: whoever reads jobs learns no more than from the log. */
export interface ErasurePlan {
  subjectNo: string;
  pseudonym: string;
}
