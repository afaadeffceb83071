import { ConflictError } from '../../platform/errors/index.js';
import type { DatasetVersionView } from './dataset-version.js';

/** Nothing new is computed on part of what a version was. Throws VERSION_ERASED. */
export function requireWhole(
  { dataset, version, splits }: DatasetVersionView,
  names: readonly string[] = splits.map(({ name }) => name),
): void {
  const split = splits.find(({ name, erased }) => names.includes(name) && erased > 0);
  if (!split) return;
  throw new ConflictError(
    'VERSION_ERASED',
    `${split.erased} of ${split.rows} rows of ${dataset}@${version}:${split.name} were erased with their subject`,
    { remedy: `Use ${dataset}, its latest version, which is without these rows.`, split: split.name },
  );
}
