import type { CheckedVersion } from '../../../domain/quality/index.js';
import type { ScannedSplit } from './load-rows.js';

/** Another version that a scan reads. */
export interface ScannedVersion {
  datasetVersionId: string;
  /** NAME@VERSION. */
  ref: string;
  contentId: string;
  columns: CheckedVersion['columns'];
  /** Of those that the question reads. */
  splits: readonly (ScannedSplit & { sealed: boolean })[];
  /** Those of them of which rows were erased: what is left is not what the version was. */
  erased: readonly string[];
}

/** What an answer says of the other version that it rests on. */
export const namedOther = ({ datasetVersionId, ref, contentId }: ScannedVersion) => ({
  datasetVersionId,
  ref,
  contentId,
});

/** Whether the public file of a split has a column: a sealed label does not stand in it. */
export function standsIn(version: ScannedVersion, split: { sealed: boolean }, name: string): boolean {
  const column = version.columns.find((one) => one.name === name);
  return column !== undefined && !(split.sealed && column.role === 'label');
}
