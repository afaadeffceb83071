const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  // Not JSON, but what Python's json and pydantic write.
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** The value of a word or number; undefined for anything else. */
export function readLiteral(text: string): unknown {
  if (NUMBER.test(text)) return Number(text);
  return WORDS.get(text);
}
