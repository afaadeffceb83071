import type { DatasetSchema } from '../dataset-version.js';
import type { RepeatsView } from '../repeats.reader.js';
import type { DuplicatesModel } from './repeats.model.js';

/** A split's repetitions within itself. Keys are unique, so with a key no whole row is ever there twice. */
export function toDuplicates(found: readonly RepeatsView[], schema: DatasetSchema): DuplicatesModel[] {
  return found
    .filter(({ inSplit, foundIn }) => inSplit === foundIn)
    .map((repeats) => ({
      split: repeats.inSplit,
      rows: schema.key === null ? repeats.rows : 0,
      ignoringKey: repeats,
    }));
}
