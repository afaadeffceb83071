import { AssayError, InvalidInputError } from '../../../platform/errors/index.js';

/**
 * What DuckDB says about a broken CSV file, in Assay's words. DuckDB's own message quotes the line, and with it labels that
 * may be sealed: nothing of it is passed on but line numbers and counts.
 */
export function csvError(error: unknown, split: string): unknown {
  if (error instanceof AssayError || !(error instanceof Error)) return error;
  const { message } = error;
  if (!/^Invalid Input Error:.*CSV/s.test(message)) return error;
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  const where = `split ${split}${line === undefined ? '' : `, line ${line}`}`;
  const columns = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (columns) {
    return new InvalidInputError(
      'CSV_RAGGED',
      `${where}: found ${columns[2]} fields, expected ${columns[1]} as in the header`,
      {
        remedy: 'Check that line for a missing or surplus comma, or a field with a comma that is not quoted.',
        split,
        line: Number(line),
      },
    );
  }
  const [, code, what, remedy] = PROBLEMS.find(([pattern]) => pattern.test(message)) ?? FALLBACK;
  return new InvalidInputError(code, `${where}: ${what}`, {
    remedy,
    split,
    ...(line === undefined ? {} : { line: Number(line) }),
  });
}

type Problem = readonly [pattern: RegExp, code: string, what: string, remedy: string];

const FALLBACK: Problem = [
  /./,
  'CSV_MALFORMED',
  'the file is not CSV as RFC 4180 describes it',
  'Write it with a CSV writer: commas, double quotes, one kind of line break throughout.',
];

const LONG = [
  'CSV_LINE_TOO_LONG',
  'a line is longer than 2 MB',
  'Store long texts elsewhere and push references to them.',
] as const;

export function lineTooLong(split: string, line: number): InvalidInputError {
  const [code, what, remedy] = LONG;
  return new InvalidInputError(code, `split ${split}, line ${line}: ${what}`, { remedy, split, line });
}

const PROBLEMS: readonly Problem[] = [
  [/unicode|not utf-8/i, 'CSV_ENCODING', 'found bytes that are not UTF-8', 'Save the file as CSV in UTF-8.'],
  [
    /unterminated quote/i,
    'CSV_QUOTES',
    'a quoted field is not closed, or text follows its closing quote',
    'Write a quote inside a quoted field as two.',
  ],
  [/maximum line size|line size|buffer/i, ...LONG],
];
