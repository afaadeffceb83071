import { ConflictError } from '../../platform/errors/index.js';
import type { DatasetSplitView, DatasetVersionView } from './dataset-version.js';

type Named = Pick<DatasetVersionView, 'dataset' | 'version' | 'splits'>;

/** The first of these splits that erasure took rows of, and what it took, in words; undefined where they are whole. */
export function erasedSplit(
  { dataset, version, splits }: Named,
  names: readonly string[] = splits.map(({ name }) => name),
): { split: DatasetSplitView; said: string } | undefined {
  const split = splits.find(({ name, erased }) => names.includes(name) && erased > 0);
  return (
    split && {
      split,
      said: `${split.erased} of ${split.rows} rows of ${dataset}@${version}:${split.name} were erased with their subject`,
    }
  );
}

/** Nothing new is computed on part of what a version was. Throws VERSION_ERASED. */
export function requireWhole(version: Named, names?: readonly string[]): void {
  const erased = erasedSplit(version, names);
  if (!erased) return;
  throw new ConflictError('VERSION_ERASED', erased.said, {
    remedy: `Use ${version.dataset}, its latest version, which is without these rows.`,
    split: erased.split.name,
  });
}
