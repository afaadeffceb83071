import { InvalidInputError } from '../../../../platform/errors/index.js';

/** What is wrong with a row of JSON lines. No value is in it: it may be a label that is about to be sealed. */
export class JsonProblem extends Error {
  constructor(
    readonly code:
      | 'JSONL_MALFORMED'
      | 'JSONL_NESTED'
      | 'JSONL_KEY_DUPLICATED'
      | 'JSONL_ENCODING'
      | 'NUL_CHARACTER',
    readonly what: string,
    readonly remedy: string,
    readonly column?: string,
  ) {
    super(what);
  }
}

/** The row counts from 1. */
export function rowError(problem: JsonProblem, split: string, row: number): InvalidInputError {
  const { code, what, remedy, column } = problem;
  const place = column === undefined ? '' : `, column ${JSON.stringify(column.slice(0, 100))}`;
  return new InvalidInputError(code, `split ${split}, row ${row}${place}: ${what}`, {
    remedy,
    split,
    row,
    ...(column === undefined ? {} : { column }),
  });
}
