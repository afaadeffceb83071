/** A column as `pandas.read_csv` types it; null: in a way that MLflow's digest leaves out, such as booleans or texts with gaps. */
export type PandasColumn =
  | { kind: 'number'; words: BigUint64Array }
  | { kind: 'text'; texts: string[] }
  | null;

/** What `read_csv` reads as missing (`na_values`, pandas 1.0 to 3.1). */
const MISSING = new Set(
  ' #N/A #N/A_N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan null'
    .split(' ')
    .map((text) => text.replace('_', ' ')),
);
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const BOOLEAN = /^(true|false)$/i;
const NEARLY = /^\s*([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?|[+-]?nan|true|false)?\s*$/i;
const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n];

/**
 * A column of CSV texts (null: an empty field) as pandas reads it, of its first `head` rows. `'unsure'` where versions of pandas differ or its
 * rules were not retraced: numbers of more than 15 digits and negative zeros in a column of doubles, integers beyond 64 bits, infinities,
 * texts that are numbers but for spaces around them.
 */
export function readColumn(cells: readonly (string | null)[], head: number): PandasColumn | 'unsure' {
  const present = cells.filter((cell): cell is string => cell !== null && !MISSING.has(cell));
  const gaps = present.length < cells.length;
  const first = cells.slice(0, head);
  if (!gaps && present.every((cell) => INTEGER.test(cell))) {
    const numbers = present.map(integer);
    if (numbers.some((number) => number < LEAST || number > MOST)) return 'unsure';
    return {
      kind: 'number',
      words: BigUint64Array.from(numbers.slice(0, head), (n) => BigInt.asUintN(64, n)),
    };
  }
  if (present.every((cell) => NUMBER.test(cell))) {
    if (!present.every(isExact)) return 'unsure';
    const doubles = Float64Array.from(first, (cell) =>
      cell === null || MISSING.has(cell) ? NaN : Number(cell),
    );
    // pandas 3 hashes -0 as 0, earlier ones did not.
    if (present.some((cell) => Object.is(Number(cell), -0))) return 'unsure';
    return { kind: 'number', words: bitsOf(doubles) };
  }
  if (present.every((cell) => BOOLEAN.test(cell))) return null;
  if (present.every((cell) => NEARLY.test(cell))) return 'unsure';
  if (present.some((cell) => cell.includes('\0') || cell.includes('\r'))) return 'unsure';
  return gaps ? null : { kind: 'text', texts: present.slice(0, head) };
}

const integer = (text: string): bigint => {
  const size = BigInt(text.replace(/^[+-]/, ''));
  return text.startsWith('-') ? -size : size;
};

/** Whether one division or multiplication of exact doubles gives it: then every parser reads the nearest double. */
function isExact(text: string): boolean {
  const [digits = '', exponent = '0'] = text.replace(/^[+-]/, '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  const scale = Number(exponent) - fraction.length;
  return (whole + fraction).replace(/^0+/, '').length <= 15 && Math.abs(scale) <= 22;
}

/** With the one NaN that numpy has. */
function bitsOf(doubles: Float64Array): BigUint64Array {
  const words = new BigUint64Array(doubles.length);
  const view = new DataView(words.buffer);
  for (const [i, value] of doubles.entries()) view.setFloat64(8 * i, value, true);
  for (const [i, value] of doubles.entries()) if (Number.isNaN(value)) words[i] = 0x7ff8000000000000n;
  return words;
}
