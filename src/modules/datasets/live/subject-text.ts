import { type ColumnType, parseInt64 } from '../../../domain/canonical/index.js';

/** A subject as the index of a version writes it: `comparable` of its column. Columns of other types name no subjects. */
export function subjectText(type: ColumnType, text: string | null): string | null {
  if (text === null || type !== 'int64') return text;
  return String(parseInt64(text));
}
