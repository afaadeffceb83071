import { SLICE_WORDS } from './slice-expression.js';

export type SliceToken = { /** Of its first character, from 1 on. */ at: number } & (
  | { kind: 'name'; name: string; quoted: boolean }
  | { kind: 'word'; word: (typeof SLICE_WORDS)[number] }
  | { kind: 'text'; value: string }
  | { kind: 'number'; value: string }
  | { kind: 'sign'; sign: string }
  | { kind: 'end' }
);

/** Why an expression is none; never leaves `parseSlice`. */
export class SliceSyntaxError extends Error {
  constructor(at: number, found: string, expected: string) {
    super(`found ${found} at character ${at}; expected ${expected}`);
  }
}

const FORMS: [RegExp, (match: string, at: number) => SliceToken | null][] = [
  [/\s+/y, () => null],
  [/'(?:[^']|'')*'/y, (text, at) => ({ at, kind: 'text', value: text.slice(1, -1).replaceAll("''", "'") })],
  [
    /"(?:[^"]|"")+"/y,
    (text, at) => ({ at, kind: 'name', name: text.slice(1, -1).replaceAll('""', '"'), quoted: true }),
  ],
  [
    /[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.])/y,
    (text, at) => ({ at, kind: 'number', value: text }),
  ],
  [/[A-Za-z_][A-Za-z0-9_]*/y, wordOrName],
  [/<=|>=|<>|!=|[=<>(),]|-(?!-)/y, (sign, at) => ({ at, kind: 'sign', sign: sign === '!=' ? '<>' : sign })],
];

function wordOrName(text: string, at: number): SliceToken {
  const word = SLICE_WORDS.find((one) => one === text.toUpperCase());
  return word === undefined ? { at, kind: 'name', name: text, quoted: false } : { at, kind: 'word', word };
}

/** Throws SliceSyntaxError for a character that begins nothing of the language. */
export function sliceTokens(text: string): SliceToken[] {
  const tokens: SliceToken[] = [];
  let at = 0;
  while (at < text.length) {
    const from = at;
    for (const [form, token] of FORMS) {
      form.lastIndex = at;
      const match = form.exec(text)?.[0];
      if (match === undefined) continue;
      const made = token(match, at + 1);
      if (made) tokens.push(made);
      at += match.length;
      break;
    }
    if (at === from) throw new SliceSyntaxError(at + 1, foreign(text.slice(at)), 'one comparison of columns');
  }
  return [...tokens, { at: text.length + 1, kind: 'end' }];
}

function foreign(rest: string): string {
  if (rest.startsWith(';')) return 'a semicolon';
  if (/^(--|\/\*)/.test(rest)) return 'a comment';
  if (rest.startsWith("'")) return 'a text without its closing quote';
  if (rest.startsWith('"')) return 'a name without its closing quote';
  const [character] = rest;
  return /^[0-9]/.test(rest) ? 'a number that is none' : `the character ${JSON.stringify(character)}`;
}
