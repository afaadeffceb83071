import {
  MAX_SLICE_DEPTH,
  MAX_SLICE_LENGTH,
  QUERY_WORDS,
  SLICE_COMPARISONS,
  SLICE_FUNCTIONS,
  type SliceExpression,
  type SliceLiteral,
  type SliceOperand,
} from './slice-expression.js';
import { printSlice } from './print-slice.js';
import { sliceTokens, SliceSyntaxError, type SliceToken } from './slice-tokens.js';

export type ParsedSlice = { ok: true; slice: SliceExpression } | { ok: false; problem: string };

/**
 * The expression that a text is: comparisons (=, <>, !=, <, <=, >, >=), [NOT] IN, [NOT] BETWEEN, IS [NOT] NULL over columns, texts in
 * single quotes, numbers, TRUE and FALSE, and lower, upper, length and abs of them, joined by NOT, AND, OR and parentheses. A name
 * that is no plain word stands in double quotes. What is none says what was found where, and what was expected.
 */
export function parseSlice(text: string): ParsedSlice {
  if (text.length > MAX_SLICE_LENGTH)
    return { ok: false, problem: `found ${text.length} characters; expected at most ${MAX_SLICE_LENGTH}` };
  if (/[\0]|\p{Surrogate}/u.test(text))
    return { ok: false, problem: 'found a null character or half a character; expected text' };
  try {
    const slice = new SliceParser(sliceTokens(text)).parse();
    const { length } = printSlice(slice);
    if (length <= MAX_SLICE_LENGTH) return { ok: true, slice };
    return {
      ok: false,
      problem: `found ${length} characters, spaces written out; expected at most ${MAX_SLICE_LENGTH}`,
    };
  } catch (error) {
    if (error instanceof SliceSyntaxError) return { ok: false, problem: error.message };
    throw error;
  }
}

class SliceParser {
  private next = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly SliceToken[]) {}

  parse(): SliceExpression {
    const slice = this.joined('or');
    if (this.token().kind !== 'end') throw this.unexpected('AND, OR or the end');
    return slice;
  }

  /** Parts of the same kind are one list, so that each expression has one tree. */
  private joined(kind: 'and' | 'or'): SliceExpression {
    const word = kind === 'and' ? 'AND' : 'OR';
    const parts: SliceExpression[] = [];
    do {
      const part = kind === 'or' ? this.joined('and') : this.negated();
      if (part.kind === kind) parts.push(...part.parts);
      else parts.push(part);
    } while (this.takeWord(word));
    return parts.length === 1 ? parts[0]! : { kind, parts };
  }

  private negated(): SliceExpression {
    if (this.takeWord('NOT')) return { kind: 'not', part: this.within(() => this.negated()) };
    if (this.takeSign('(')) {
      return this.within(() => {
        const inner = this.joined('or');
        this.expectSign(')');
        return inner;
      });
    }
    return this.predicate();
  }

  private predicate(): SliceExpression {
    const operand = this.operand();
    if (this.takeWord('IS')) {
      const negated = this.takeWord('NOT');
      if (!this.takeWord('NULL')) throw this.unexpected('NULL');
      return this.unless(negated, () => ({ kind: 'isNull', operand }));
    }
    const negated = this.takeWord('NOT');
    if (this.takeWord('IN'))
      return this.unless(negated, () => ({ kind: 'in', operand, values: this.list() }));
    if (this.takeWord('BETWEEN')) {
      const low = this.literal();
      if (!this.takeWord('AND')) throw this.unexpected('AND');
      const high = this.literal();
      return this.unless(negated, () => ({ kind: 'between', operand, low, high }));
    }
    if (negated) throw this.unexpected('IN or BETWEEN');
    const operator = SLICE_COMPARISONS.find((sign) => this.takeSign(sign));
    if (operator === undefined) throw this.unexpected('a comparison, IN, BETWEEN or IS NULL');
    return { kind: 'compare', operator, left: operand, right: this.operand() };
  }

  private list(): SliceLiteral[] {
    this.expectSign('(');
    const values = [this.literal()];
    while (this.takeSign(',')) values.push(this.literal());
    this.expectSign(')');
    return values;
  }

  private operand(): SliceOperand {
    const token = this.token();
    if (token.kind !== 'name') return this.literal();
    const query = !token.quoted && QUERY_WORDS.find((word) => word === token.name.toUpperCase());
    if (query)
      throw new SliceSyntaxError(token.at, `${query}: a query or a form of SQL`, 'a comparison of columns');
    this.next += 1;
    if (!this.takeSign('(')) return { kind: 'column', name: token.name };
    const named = SLICE_FUNCTIONS.find((one) => !token.quoted && one === token.name.toLowerCase());
    if (named === undefined)
      throw new SliceSyntaxError(
        token.at,
        `the function ${token.name.slice(0, 60)}`,
        `one of ${SLICE_FUNCTIONS.join(', ')}`,
      );
    return this.within(() => {
      const argument = this.operand();
      this.expectSign(')');
      return { kind: 'call', function: named, argument };
    });
  }

  private literal(): SliceLiteral {
    const token = this.token();
    if (this.takeWord('TRUE')) return { kind: 'boolean', value: true };
    if (this.takeWord('FALSE')) return { kind: 'boolean', value: false };
    const negative = this.takeSign('-');
    const found = this.token();
    if (found.kind === 'number') {
      this.next += 1;
      return { kind: 'number', value: plainNumber(found.value, negative, found.at) };
    }
    if (negative || token.kind !== 'text')
      throw this.unexpected(negative ? 'a number' : 'a column or a value');
    this.next += 1;
    return { kind: 'text', value: token.value };
  }

  /** NOT IN is NOT of IN, and as deep. */
  private unless(negated: boolean, part: () => SliceExpression): SliceExpression {
    return negated ? { kind: 'not', part: this.within(part) } : part();
  }

  private within<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > MAX_SLICE_DEPTH)
      throw new SliceSyntaxError(
        this.token().at,
        `more than ${MAX_SLICE_DEPTH} levels`,
        'fewer within each other',
      );
    const value = read();
    this.depth -= 1;
    return value;
  }

  private token(): SliceToken {
    return this.tokens[this.next]!;
  }

  private takeWord(word: string): boolean {
    const token = this.token();
    const found = token.kind === 'word' && token.word === word;
    if (found) this.next += 1;
    return found;
  }

  private takeSign(sign: string): boolean {
    const token = this.token();
    const found = token.kind === 'sign' && token.sign === sign;
    if (found) this.next += 1;
    return found;
  }

  private expectSign(sign: string): void {
    if (!this.takeSign(sign)) throw this.unexpected(JSON.stringify(sign));
  }

  private unexpected(expected: string): SliceSyntaxError {
    const token = this.token();
    return new SliceSyntaxError(token.at, nameOf(token), expected);
  }
}

/** Digits as they are: beyond 2^53 a double would be another number. */
function plainNumber(text: string, negative: boolean, at: number): string {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new SliceSyntaxError(at, 'a number beyond all doubles', 'a smaller one');
  const plain = /^[0-9]+$/.test(text) ? BigInt(text).toString() : String(value);
  return negative && plain !== '0' ? `-${plain}` : plain;
}

function nameOf(token: SliceToken): string {
  switch (token.kind) {
    case 'name':
      return `the name ${JSON.stringify(token.name.slice(0, 60))}`;
    case 'word':
      return token.word;
    case 'text':
      return 'a text';
    case 'number':
      return `the number ${token.value.slice(0, 60)}`;
    case 'sign':
      return JSON.stringify(token.sign);
    case 'end':
      return 'the end';
  }
}
