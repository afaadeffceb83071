import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { IsKeyValues, toTexts } from './key-values.decorator.js';

class Body {
  @IsKeyValues({ maxKeys: 2, maxValue: 5 })
  params: Record<string, string>;
}

const problemsOf = (params: unknown) =>
  validateSync(plainToInstance(Body, { params })).flatMap((error) => Object.values(error.constraints ?? {}));

describe('maps of names and values', () => {
  it('take texts, numbers and booleans', () => expect(problemsOf({ lr: 0.1, ok: true })).toEqual([]));

  it('keep keys that JavaScript gives a meaning', () => {
    const body = plainToInstance(Body, { params: { constructor: 'x' } });
    expect(toTexts(body.params)).toEqual({ constructor: 'x' });
  });

  it.each([
    [['a'], /must be an object/],
    ['text', /must be an object/],
    [null, /must be an object/],
    [{ a: 1, b: 2, c: 3 }, /has 3 entries; expected at most 2/],
    [{ '../x': 1 }, /key "\.\.\/x" must not be a path/],
    [{ a: {} }, /a must be a text/],
    [{ a: '123456' }, /a has 6 characters; expected at most 5/],
    [{ a: 'x\0' }, /a holds a null character/],
  ])('refuse %j', (params, message) => expect(problemsOf(params).join()).toMatch(message));
});
