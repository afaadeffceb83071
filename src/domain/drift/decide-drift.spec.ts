import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalDraw, seededRandom } from '../statistics/index.js';
import { countCategories, countNumbers } from './binned-sample.js';
import { categoricalBins, numericBins } from './bins.js';
import { sortedValues, type ColumnProfile } from './column-profile.js';
import { decideDrift, DEFAULT_DRIFT_TERMS, type ColumnToDecide } from './decide-drift.js';
import type { DriftMeasure } from './drift-measure.js';
import { DRIFT_METHODS, driftMethod, measureDrift } from './drift-methods.js';
import { QuantileSketch } from './quantile-sketch.js';

function numeric(values: readonly number[], reference = values): ColumnProfile {
  return {
    column: 'x',
    kind: 'numeric',
    binned: countNumbers(numericBins(sortedValues(reference)), values),
    values: sortedValues(values),
    sketch: QuantileSketch.of(values.filter(Number.isFinite)),
  };
}

const normals = (seed: number, n: number, shift = 0) => {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => normalDraw(random) + shift);
};

function measure(effect: number, p: number, range: [number, number] = [effect, effect]): DriftMeasure {
  return { defined: true, formulaId: 'f', effect, range, p, pMethod: 'm', n: { reference: 10, current: 9 } };
}
const column = (one: DriftMeasure, threshold = 0.1): ColumnToDecide => ({
  column: 'c',
  methodId: 'ks',
  threshold,
  measure: one,
});
const statuses = (...measures: DriftMeasure[]) =>
  decideDrift(measures.map((one) => column(one))).columns.map(({ status }) => status);

describe('decideDrift', () => {
  it('drifted: the effect at the threshold or above AND Holm at alpha or below', () => {
    expect(statuses(measure(0.1, 0.05))).toEqual(['drifted']);
    expect(statuses(measure(0.0999, 1e-9))).toEqual(['not_drifted']);
    expect(statuses(measure(0.5, 0.051))).toEqual(['undefined']);
    // Two columns: .03 is .06 after Holm.
    expect(statuses(measure(0.5, 0.03), measure(0.5, 0.04))).toEqual(['undefined', 'undefined']);
    expect(statuses(measure(0.5, 0.03), measure(0.5, 0.02))).toEqual(['drifted', 'drifted']);
  });

  it('an undefined column keeps its place in the count of Holm', () => {
    const unknown: DriftMeasure = { defined: false, reason: 'why' };
    const { columns } = decideDrift([column(measure(0.5, 0.03)), column(unknown)]);
    expect(columns[0]).toMatchObject({ adjustedP: 0.06, status: 'undefined' });
    expect(columns[1]).toMatchObject({ adjustedP: null, status: 'undefined', reason: 'why' });
  });

  it('sketches decide only where their error leaves no doubt', () => {
    expect(statuses(measure(0.12, 1e-9, [0.11, 0.13]))).toEqual(['drifted']);
    expect(statuses(measure(0.105, 1e-9, [0.09, 0.12]))).toEqual(['undefined']);
    expect(statuses(measure(0.08, 1e-9, [0.07, 0.09]))).toEqual(['not_drifted']);
  });

  it('the whole: half of the columns, and undefined where the undefined ones would decide', () => {
    const [yes, no, unknown] = [measure(1, 0), measure(0, 1), measure(1, 1)];
    const whole = (...measures: DriftMeasure[]) => {
      const { share, status } = decideDrift(measures.map((one) => column(one)));
      return [status, ...(share ?? [])];
    };
    expect(whole(yes, no)).toEqual(['drifted', 0.5, 0.5]);
    expect(whole(yes, no, no)).toEqual(['not_drifted', 1 / 3, 1 / 3]);
    expect(whole(yes, yes, unknown, unknown)).toEqual(['drifted', 0.5, 1]);
    expect(whole(yes, no, unknown)).toEqual(['undefined', 1 / 3, 2 / 3]);
    expect(whole(no, no, unknown)).toEqual(['not_drifted', 0, 1 / 3]);
    expect(whole()).toEqual(['undefined']);
    expect(() => decideDrift([], { alpha: 0.05, shareAtLeast: 0 })).toThrow(RangeError);
  });

  it('never decides otherwise for a column that becomes undefined', () => {
    const one = fc.oneof(
      fc
        .tuple(fc.constantFrom(0, 0.05, 0.1, 0.9), fc.constantFrom(0, 1e-4, 0.01, 0.04, 1))
        .map(([e, p]) => measure(e, p)),
      fc.constant<DriftMeasure>({ defined: false, reason: 'none' }),
    );
    fc.assert(
      fc.property(
        fc.array(one, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (all, at, shareAtLeast) => {
          const terms = { ...DEFAULT_DRIFT_TERMS, shareAtLeast };
          const lost = all.map((each, i): DriftMeasure =>
            i === at % all.length ? { defined: false, reason: 'lost' } : each,
          );
          const before = decideDrift(
            all.map((each) => column(each)),
            terms,
          );
          const after = decideDrift(
            lost.map((each) => column(each)),
            terms,
          );
          if (after.status !== 'undefined')
            expect(after.status).toBe(before.status === 'undefined' ? after.status : before.status);
          if (before.status === 'undefined') expect(after.status).toBe('undefined');
        },
      ),
    );
  });
});

describe('drift methods', () => {
  it('are entries with a threshold and its source, each id and formula once', () => {
    expect(new Set(DRIFT_METHODS.map(({ id }) => id)).size).toBe(DRIFT_METHODS.length);
    expect(new Set(DRIFT_METHODS.map(({ formulaId }) => formulaId)).size).toBe(DRIFT_METHODS.length);
    for (const { thresholdSource, threshold, range } of DRIFT_METHODS) {
      expect(thresholdSource).not.toBe('');
      expect(threshold).toBeGreaterThan(range[0]);
      expect(threshold).toBeLessThan(range[1]);
    }
    expect(() => driftMethod('psi')).toThrow(/expected one of psi_jeffreys, psi_raw/);
  });

  it('a shift by a standard deviation is drift to each of them, 2,000 rows against 1,000; no shift to few', () => {
    const reference = normals(1, 2_000);
    const profile = numeric(reference);
    for (const method of DRIFT_METHODS) {
      const status = (current: readonly number[]) =>
        decideDrift([
          {
            column: 'x',
            methodId: method.id,
            threshold: method.threshold,
            measure: measureDrift(method, profile, numeric(current, reference)),
          },
        ]).status;
      expect(status(normals(2, 1_000, 1)), method.id).toBe('drifted');
      // Ten samples at level .05: four or more have probability .001.
      const seeds = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
      const drifted = seeds.filter((seed) => status(normals(seed, 1_000)) === 'drifted');
      expect(drifted.length, method.id).toBeLessThan(4);
    }
  });

  it('Wasserstein of a shift by one, in standard deviations of the reference', () => {
    const reference = normals(1, 500).map((x) => 4 * x);
    const shifted = measureDrift(
      driftMethod('wasserstein'),
      numeric(reference),
      numeric(reference.map((x) => x + 1)),
    );
    expect(shifted).toMatchObject({ defined: true, n: { reference: 500, current: 500 } });
    expect(shifted.defined && shifted.effect).toBeCloseTo(0.25, 1);
  });

  it('want of data is a reason, not a verdict', () => {
    const some = numeric([1, 2, 3, 4]);
    const reason = (id: string, a: ColumnProfile, b: ColumnProfile) => {
      const result = measureDrift(driftMethod(id), a, b);
      return result.defined ? null : result.reason;
    };
    const none = numeric([], [1, 2, 3, 4]);
    for (const { id } of DRIFT_METHODS) {
      expect(reason(id, none, none), id).toMatch(/the reference has no rows|values of the reference/);
      expect(
        reason(
          id,
          { ...some, binned: none.binned && { bins: some.binned!.bins, counts: some.binned!.counts } },
          { ...none, binned: { bins: some.binned!.bins, counts: some.binned!.counts.map(() => 0) } },
        ),
        id,
      ).toMatch(/current sample has no rows/);
      expect(reason(id, some, { ...some, binned: null, values: null, sketch: null }), id).toMatch(/kept/);
    }
    expect(reason('wasserstein', numeric([2, 2]), some)).toMatch(/no spread/);
    expect(reason('wasserstein', some, numeric([1, Infinity]))).toMatch(/infinite/);
    expect(reason('psi_raw', numeric([1, 1]), numeric([1, 2], [1, 1]))).toMatch(/empty on one side/);
  });

  it('one row against many decides nothing', () => {
    const reference = normals(4, 1_000);
    for (const method of DRIFT_METHODS) {
      const one = measureDrift(method, numeric(reference), numeric([0.1], reference));
      const decision = decideDrift([
        { column: 'x', methodId: method.id, threshold: method.threshold, measure: one },
      ]);
      expect(decision.status, method.id).toBe('undefined');
    }
  });

  it('categories: a new one, and missing values, are seen', () => {
    const profile = (values: (string | null)[]): ColumnProfile => ({
      column: 'c',
      kind: 'categorical',
      binned: countCategories(
        categoricalBins(
          new Map([
            ['a', 300],
            ['b', 100],
          ]),
        ),
        values,
      ),
      values: null,
      sketch: null,
    });
    const rows = (a: number, b: number, other: number, missing: number) => [
      ...new Array<string>(a).fill('a'),
      ...new Array<string>(b).fill('b'),
      ...new Array<string>(other).fill('new'),
      ...new Array<null>(missing).fill(null),
    ];
    const reference = profile(rows(300, 100, 0, 0));
    for (const current of [rows(240, 80, 80, 0), rows(240, 80, 0, 80)]) {
      const drift = measureDrift(driftMethod('total_variation'), reference, profile(current));
      expect(drift).toMatchObject({ defined: true, effect: expect.closeTo(0.2, 12) as number });
      expect(drift.defined && drift.p).toBeLessThan(1e-10);
    }
    expect(() => measureDrift(driftMethod('ks'), reference, reference)).toThrow(/is for numeric columns/);
  });
});
