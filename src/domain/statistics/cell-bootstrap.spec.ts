import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import {
  bcaAcceleration,
  cellBootstrap,
  jointCellBootstrap,
  type BootstrapInterval,
  type Cells,
} from './cell-bootstrap.js';
import { multinomialDraw } from './multinomial.js';
import { seededRandom } from './random.js';

/** Values as cells of one row each (equal values share one), and their mean as a statistic of the counts. */
const VALUES = [10, 12, 12.5, 13.9, 15, 21, 22, 23, 34, 50, 81, 89, 121, 134, 213];
const COUNTS = VALUES.map((value) => (value === 12.5 ? 2 : 1));
const meanOver = (values: readonly number[]) => (cells: Cells) => {
  let [sum, n] = [0, 0];
  for (let k = 0; k < values.length; k++) {
    sum += cells[k]! * values[k]!;
    n += cells[k]!;
  }
  return sum / n;
};
const meanOfValues = meanOver(VALUES);

function defined(result: ReturnType<typeof cellBootstrap>): BootstrapInterval {
  if (!result.defined) throw new Error(result.reason);
  return result;
}

// R's boot with 1e6 replicates, as scipy tests against it (scipy/stats/tests/test_resampling.py, BSD-3): within .5 %.
describe('cell bootstrap, against R boot', () => {
  it.each([
    ['basic', 23.77, 79.12],
    ['percentile', 28.86, 84.21],
    ['bca', 32.31, 91.43],
  ] as const)('%s interval of a mean', (method, low, high) => {
    const found = defined(
      cellBootstrap([COUNTS], ([cells]) => meanOfValues(cells!), {
        method,
        confidence: 0.95,
        seed: 'boot',
        replicates: 300_000,
      }),
    );
    expect(Math.abs(found.low / low - 1)).toBeLessThan(0.005);
    expect(Math.abs(found.high / high - 1)).toBeLessThan(0.005);
    expect(found).toMatchObject({
      formulaId: `multinomial-bootstrap/${method}`,
      seed: 'boot',
      generator: 'xoshiro128**/sha256',
      undefinedReplicates: 0,
    });
  });

  it('BCa acceleration of two samples: mean(z) - mean(y)', () => {
    const z = [16, 23, 38, 94, 99, 141, 197];
    const y = [10, 27, 31, 40, 46, 50, 52, 104, 146];
    const [ofZ, ofY] = [meanOver(z), meanOver(y)];
    const ones = (values: number[]) => values.map(() => 1);
    expect(bcaAcceleration([ones(z), ones(y)], ([a, b]) => ofZ(a!) - ofY(b!))).toBeCloseTo(
      0.011008228344026734,
      14,
    );
  });
});

describe('cell bootstrap, properties', () => {
  const table = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 2, maxLength: 6 });
  const method = fc.constantFrom('percentile' as const, 'basic' as const, 'bca' as const);
  const first = ([cells]: readonly Cells[]) => cells![0]! / cells!.reduce((sum, n) => sum + n, 0);

  it('repeats for a seed, and holds the estimate of a share', () => {
    fc.assert(
      fc.property(table, method, fc.integer(), (cells, how, seed) => {
        const run = () =>
          cellBootstrap([cells], first, { method: how, confidence: 0.999, seed, replicates: 400 });
        const found = run();
        expect(run()).toEqual(found);
        if (!found.defined) return;
        expect(found.low).toBeLessThanOrEqual(found.estimate);
        expect(found.high).toBeGreaterThanOrEqual(found.estimate);
      }),
      { numRuns: 50 },
    );
  });

  it('several statistics of the same draws have the intervals that each has alone', () => {
    const last = ([cells]: readonly Cells[]) => cells!.at(-1)! / cells![0]!;
    const never = () => Number.NaN;
    fc.assert(
      fc.property(table, method, fc.integer(), (cells, how, seed) => {
        const options = { method: how, confidence: 0.9, seed, replicates: 300 };
        const found = jointCellBootstrap(
          [cells],
          3,
          (drawn, values) => {
            [first, never, last].forEach((statistic, k) => {
              values[k] = statistic(drawn);
            });
          },
          options,
        );
        expect(found).toEqual([first, never, last].map((one) => cellBootstrap([cells], one, options)));
      }),
      { numRuns: 30 },
    );
  });

  it('merging cells that the statistic does not tell apart keeps the acceleration', () => {
    fc.assert(
      fc.property(table, (cells) => {
        const merged = [cells[0]!, cells.slice(1).reduce((sum, n) => sum + n, 0)];
        const one = bcaAcceleration([cells], first);
        const other = bcaAcceleration([merged], first);
        expect(one).toBeCloseTo(other, 8);
        // By hand for a share p of n: (1 - 2 p) / (6 sqrt(n p (1 - p))).
        const n = cells.reduce((sum, count) => sum + count, 0);
        const p = cells[0]! / n;
        expect(other).toBeCloseTo((1 - 2 * p) / (6 * Math.sqrt(n * p * (1 - p))), 8);
      }),
    );
  });

  it('costs as much for a thousand million rows as for a thousand', () => {
    const uniforms = (scale: number) => {
      const random = seededRandom('cost');
      let used = 0;
      const counts = [10, 20, 30, 40].map((n) => n * scale);
      for (let replicate = 0; replicate < 200; replicate++) {
        multinomialDraw(() => (used++, random()), counts);
      }
      return used;
    };
    expect(uniforms(1e7) / uniforms(10)).toBeLessThan(2);
  });

  it('says why where there is none', () => {
    const options = { method: 'bca', confidence: 0.95, seed: 1, replicates: 500 } as const;
    const rate = ([cells]: readonly Cells[]) => cells![0]! / (cells![0]! + cells![1]!);
    expect(cellBootstrap([[0, 0, 9]], rate, options)).toMatchObject({
      defined: false,
      reason: 'the statistic is undefined on the counts themselves',
    });
    // One positive among a hundred rows: 37 % of replicates have none.
    const rare = cellBootstrap([[0, 1, 99]], rate, options);
    expect(rare.defined ? '' : rare.reason).toMatch(/undefined in 1\d\d of 500 replicates/);
    expect(cellBootstrap([[50, 0, 9]], rate, options)).toMatchObject({
      defined: false,
      reason: 'no replicate differs from the others',
    });
    expect(() => cellBootstrap([[1, 2]], rate, { ...options, replicates: 0 })).toThrow(RangeError);
  });
});
