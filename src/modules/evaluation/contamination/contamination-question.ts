import { digestOf } from '../../../domain/canonical/index.js';
import { CONTAMINATION_METHOD, type ContaminationQuestion } from '../../../domain/contamination/index.js';

export interface SplitRef {
  datasetVersionId: string;
  split: string;
}

/** What the job is given. */
export interface ContaminationPlan {
  modelVersionId: string;
  datasetVersionId: string;
  questions: ContaminationQuestion[];
}

/** Rows of a split against splits that were trained on, whatever the order in which they are named. */
export function contaminationQuestion(split: string, against: readonly SplitRef[]): ContaminationQuestion {
  const byKey = new Map(
    against.map(({ datasetVersionId, split: of }) => [
      `${datasetVersionId} ${of}`,
      { datasetVersionId, split: of },
    ]),
  );
  const keys = [...byKey.keys()].sort((a, b) => (a < b ? -1 : 1));
  return { method: CONTAMINATION_METHOD, split, against: keys.map((key) => byKey.get(key)!) };
}

/** What names a question: the same digest, the same answer. */
export const contaminationDigest = (question: ContaminationQuestion): string => digestOf(question);
