import { InvalidInputError } from '../../../platform/errors/index.js';
import { checkWidth, MAX_NAME_LENGTH } from './csv-header.js';

/** Names of columns that a file gives as names, with no header that could be data. Throws COLUMN_NAME_*, TOO_MANY_COLUMNS. */
export function checkNames(names: readonly string[], split: string): void {
  checkWidth(names.length, split);
  const seen = new Map<string, string>();
  names.forEach((name, i) => {
    if (name.trim() === '' || name.length > MAX_NAME_LENGTH || name.includes('\0')) {
      const what = name.trim() === '' ? 'is empty' : `has ${name.length} characters`;
      throw new InvalidInputError(
        'COLUMN_NAME_INVALID',
        `split ${split}: the name of column ${i + 1} ${what}; expected 1 to ${MAX_NAME_LENGTH} characters and no NUL`,
        { remedy: 'Rename the column.', split },
      );
    }
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      const what =
        other === name
          ? `two columns are named ${JSON.stringify(name)}`
          : `columns ${JSON.stringify(other)} and ${JSON.stringify(name)} differ only in case`;
      throw new InvalidInputError('COLUMN_NAME_DUPLICATED', `split ${split}: ${what}`, {
        remedy: 'Give each column a name of its own.',
        split,
      });
    }
    seen.set(name.toLowerCase(), name);
  });
}
