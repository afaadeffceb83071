import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DISTINCT_ERROR,
  DISTINCT_REGISTERS,
  emptyRegisters,
  estimateDistinct,
  mergeRegisters,
} from './distinct-sketch.js';

/** Registers of the numbers from `from` to below `to`, by the first 64 bits of SHA-256. */
function registers(from: number, to: number): Uint8Array {
  const found = emptyRegisters();
  for (let i = from; i < to; i++) {
    const hash = createHash('sha256').update(String(i)).digest().readBigUInt64BE();
    const rest = hash & 0xfffffffffffffn;
    const zeros = rest === 0n ? 52 : 52 - rest.toString(2).length;
    const at = Number(hash >> 52n);
    found[at] = Math.max(found[at]!, zeros + 1);
  }
  return found;
}

describe('how many different values', () => {
  it.each([0, 1, 2, 10, 100, 1_000, 5_000, 20_000, 100_000])('%d: within three standard errors', (n) => {
    expect(Math.abs(estimateDistinct(registers(0, n)) - n)).toBeLessThanOrEqual(3 * DISTINCT_ERROR * n);
  });

  it('is unbiased: 30 sets of 3,000 on average within three standard errors of the mean', () => {
    const estimates = Array.from({ length: 30 }, (_, i) =>
      estimateDistinct(registers(i * 3_000, (i + 1) * 3_000)),
    );
    const mean = estimates.reduce((sum, estimate) => sum + estimate, 0) / 30;
    expect(Math.abs(mean - 3_000)).toBeLessThan((3 * DISTINCT_ERROR * 3_000) / Math.sqrt(30));
    // And spread as it should: a sketch that is exact by accident would not show its error.
    const sd = Math.sqrt(estimates.reduce((sum, estimate) => sum + (estimate - mean) ** 2, 0) / 29);
    expect(sd / 3_000).toBeGreaterThan(DISTINCT_ERROR / 2);
    expect(sd / 3_000).toBeLessThan(DISTINCT_ERROR * 1.5);
  });

  it('merges exactly, in any order, whatever overlaps', () => {
    const span = fc.tuple(fc.nat(3_000), fc.nat(3_000));
    fc.assert(
      fc.property(span, span, ([a, n], [b, m]) => {
        const [x, y] = [registers(a, a + n), registers(b, b + m)];
        const merged = mergeRegisters(x, y);
        expect(merged).toEqual(mergeRegisters(y, x));
        const union = registers(a, a + n);
        for (const [i, register] of registers(b, b + m).entries()) union[i] = Math.max(union[i]!, register);
        expect(merged).toEqual(union);
        expect(estimateDistinct(merged)).toBeGreaterThanOrEqual(
          Math.max(estimateDistinct(x), estimateDistinct(y)),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('refuses what are no registers', () => {
    expect(() => estimateDistinct(new Uint8Array(10))).toThrow(/expected 4096 registers/);
    expect(() => estimateDistinct(new Uint8Array(DISTINCT_REGISTERS).fill(54))).toThrow(/from 0 to 53/);
  });
});
