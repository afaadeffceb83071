/** Written from docs/encoding.md, sections 3 to 6; shares nothing with what writes. */

export interface Column {
  name: string;
  type: string;
}

const tagged = (tag: string, text: string) => `${tag}${Buffer.byteLength(text)}:${text}`;

export const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const ENCODERS: Readonly<Record<string, (text: string) => string>> = {
  int64: (text) => tagged('i', String(BigInt(checked(text, /^-?[0-9]+$/)))),
  double,
  boolean: (text) => tagged('b', checked(text, /^(true|false)$/)),
  date: (text) => tagged('d', checked(text, /^\d{4}-\d\d-\d\d$/)),
  timestamp: (text) => tagged('t', checked(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*[1-9])?Z$/)),
  timestamp_naive: (text) => tagged('w', checked(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*[1-9])?$/)),
  text: (text) => tagged('s', text),
};

/** A value from its text; throws for what no value of the type looks like. Times have to be in canonical form. */
export function encodeText(type: string, text: string | null): string {
  if (text === null) return 'n0:';
  const encode = ENCODERS[type];
  if (!encode) throw new Error(`there is no type ${type}`);
  return encode(text);
}

/** The row's bytes behind the leaf byte: its values in the order of the columns' names, and the commitment where it is sealed. */
export function encodeRow(
  columns: readonly Column[],
  values: Readonly<Record<string, string | null>>,
  commitment: string | null,
): string {
  const names = Object.keys(values);
  if (names.length !== columns.length || !columns.every(({ name }) => Object.hasOwn(values, name)))
    throw new Error(`the row has columns ${names.join(', ')}, not those of the schema`);
  const sorted = [...columns].sort((a, b) => byBytes(a.name, b.name));
  const row = sorted.map(({ name, type }) => encodeText(type, values[name]!)).join('');
  return commitment === null ? row : `${row}h64:${commitment}`;
}

function double(text: string): string {
  if (/^nan$/i.test(text)) return 'f3:nan';
  const infinite = /^(-?)(inf|Infinity)$/.exec(text);
  if (infinite) return tagged('f', `${infinite[1]}inf`);
  const value = Number(checked(text, /^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/));
  if (!Number.isFinite(value)) throw new Error(`${text} is no double`);
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53)
    return tagged('i', String(value === 0 ? 0 : value));
  // ECMAScript prints the shortest digits that read back as the same double.
  const [, sign, first, rest = '', exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(
    value.toExponential(),
  )!;
  const digits = (first! + rest).replace(/0+$/, '');
  return tagged('f', `${sign}${digits}e${Number(exponent) - digits.length + 1}`);
}

function checked(text: string, form: RegExp): string {
  if (!form.test(text)) throw new Error(`${JSON.stringify(text)} does not have the form of its type`);
  return text;
}
