import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { seededRandom } from './random.js';
import { sortDoubles } from './sort-doubles.js';

const LARGE = 5_000;
const bits = (values: Float64Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** Enough doubles for the sort by digits: those given, over and over in another order. */
function many(values: readonly number[]): Float64Array {
  const random = seededRandom(values.length);
  return Float64Array.from({ length: LARGE }, () => values[Math.floor(random() * values.length)]!);
}

describe('doubles sorted by their bits', () => {
  it('have the order of the engine, to the bit, whatever their size and sign', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, -0, 1, 0.5, Number.MIN_VALUE, -Number.MIN_VALUE, Infinity, -Infinity),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
        const found = many(values);
        const expected = found.slice().sort();
        expect(bits(sortDoubles(found)).equals(bits(expected))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('of scores between 0 and 1, all digits used; in place, also within a longer buffer', () => {
    const random = seededRandom('scores');
    const whole = Float64Array.from({ length: 3 * LARGE }, random);
    const before = whole.slice();
    const part = whole.subarray(LARGE, 2 * LARGE);
    expect(sortDoubles(part)).toBe(part);
    expect(bits(part).equals(bits(before.slice(LARGE, 2 * LARGE).sort()))).toBe(true);
    expect(whole.subarray(0, LARGE)).toEqual(before.subarray(0, LARGE));
    expect(whole.subarray(2 * LARGE)).toEqual(before.subarray(2 * LARGE));
  });

  it('few and none are sorted too', () => {
    expect([...sortDoubles(Float64Array.of(3, -1, 2))]).toEqual([-1, 2, 3]);
    expect(sortDoubles(new Float64Array(0))).toHaveLength(0);
  });
});
