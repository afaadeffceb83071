import { isId } from '../../platform/database/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';

/** Names of datasets, splits and domains: they stand in references, file names, URLs and policies. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** `name`, or NAME_INVALID. A name that reads as an id is refused, or a reference could mean two things. */
export function checkedName(name: string, what: string): string {
  if (NAME_PATTERN.test(name) && !isId(name)) return name;
  throw new InvalidInputError(
    'NAME_INVALID',
    `${what} ${JSON.stringify(name.slice(0, 120))} is not a name; expected 1 to 100 letters, digits, dots, underscores and hyphens, the first a letter or digit, and no UUID`,
  );
}

/** NAME, NAME@VERSION or an id, as people and clients write them. */
export type DatasetRef = { id: string } | { name: string; version: number | null };

/** Read a reference; `version` null means the latest. Throws DATASET_REFERENCE_INVALID. */
export function parseDatasetRef(ref: string): DatasetRef {
  if (isId(ref)) return { id: ref.toLowerCase() };
  const [name = '', version, ...rest] = ref.split('@');
  const number = version === undefined || version === 'latest' ? null : Number(version);
  const wellFormed = version === undefined || version === 'latest' || /^[1-9][0-9]{0,8}$/.test(version);
  if (!NAME_PATTERN.test(name) || !wellFormed || rest.length > 0) {
    throw new InvalidInputError(
      'DATASET_REFERENCE_INVALID',
      `${JSON.stringify(ref.slice(0, 120))} is no dataset reference; expected NAME, NAME@VERSION or a dataset version's id`,
    );
  }
  return { name, version: number };
}
