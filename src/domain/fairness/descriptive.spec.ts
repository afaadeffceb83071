import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { buildSplitEvidence, metricsOf, type Metric } from '../metrics/index.js';
import { FAIRNESS_METRICS, fairnessMetric } from './fairness-metric.js';
import { fairnessOfGroups } from './gaps.js';
import { groupEce } from './group-calibration.js';
import { groupsBy, type Group } from './groups.js';
import { impactRatios } from './impact-ratio.js';
import { overallOfGroups } from './overall.js';
import { RATE_NAMES } from './rates.js';
import { fairnessOf, groupsOf, rateMetric } from './report.js';

const valueOf = (metric: Metric) => (metric.defined ? metric.value : Number.NaN);
const named = (name: string, tp: number, fp: number, fn: number, tn: number): Group => ({
  attributes: { race: name },
  tp,
  fp,
  fn,
  tn,
});

describe('impact ratios', () => {
  // Table 1 of the rules of Local Law 144 (6 RCNY 5-301): selected of applicants, by sex.
  it('of the example by sex in the rules of Local Law 144', () => {
    const [male, female] = [named('Male', 667, 0, 0, 1390 - 667), named('Female', 555, 0, 0, 1181 - 555)];
    const [ofMale, ofFemale] = impactRatios([male, female]);
    expect(ofMale).toMatchObject({ value: 1, ci: null });
    // Printed as 0.48, 0.47 and 0.979.
    expect(valueOf(rateMetric(male, 'selectionRate'))).toBeCloseTo(0.48, 2);
    expect(valueOf(rateMetric(female, 'selectionRate'))).toBeCloseTo(0.47, 2);
    expect(valueOf(ofFemale!)).toBeCloseTo(0.979, 3);
  });

  it('leave out a group below 2 %, with its share, even if it has the highest rate', () => {
    const groups = [named('a', 50, 0, 0, 50), named('b', 25, 0, 0, 75), named('c', 4, 0, 0, 0)];
    const [a, b, c] = impactRatios(groups);
    expect([valueOf(a!), valueOf(b!)]).toEqual([1, 0.5]);
    expect(c).toEqual({ defined: false, reason: 'left out: 1.96 % of the rows, below 2 %' });
    expect(impactRatios(groups, { smallestShare: 0.01 }).map(valueOf)).toEqual([0.5, 0.25, 1]);
    expect(valueOf(rateMetric(groups[2]!, 'selectionRate'))).toBe(1);
  });

  it('are undefined for one group, and where nobody was selected', () => {
    expect(impactRatios([named('a', 5, 0, 0, 5)])[0]).toMatchObject({
      reason: expect.stringContaining('two groups'),
    });
    expect(impactRatios([named('a', 0, 0, 0, 5), named('b', 0, 0, 3, 5)])[1]).toEqual({
      defined: false,
      reason: 'the selection rate is 0 in every group',
    });
    expect(impactRatios([named('a', 0, 0, 0, 5), named('b', 1, 0, 3, 5)])[0]).toMatchObject({
      value: 0,
      ci: null,
    });
  });
});

const rowOf = fc.record({
  label: fc.nat(1),
  score: fc.integer({ min: 0, max: 20 }).map((twentieth) => twentieth / 20),
  cell: fc.nat(3),
});
type Row = { label: number; score: number; cell: number };
const CELLS = ['a', 'b'].flatMap((race) => ['f', 'm'].map((sex) => ({ attributes: { race, sex } })));
const evidenceOf = (rows: readonly Row[]) =>
  buildSplitEvidence({
    classes: ['0', '1'],
    positive: '1',
    labels: rows.map(({ label }) => label),
    predictions: rows.map(({ score }) => (score >= 0.5 ? 1 : 0)),
    scores: Float64Array.from(rows, ({ score }) => score),
    cells: CELLS,
    cellOf: rows.map(({ cell }) => cell),
  });

describe('calibration within groups', () => {
  it('is the ECE of the rows of the group alone', () => {
    fc.assert(
      fc.property(fc.array(rowOf, { minLength: 1, maxLength: 60 }), (rows) => {
        for (const [name, of] of [
          ['race', (row: Row) => (row.cell < 2 ? 'a' : 'b')],
          ['sex', (row: Row) => (row.cell % 2 === 0 ? 'f' : 'm')],
        ] as const)
          for (const group of groupsBy(evidenceOf(rows), [name])) {
            const alone = evidenceOf(rows.filter((row) => of(row) === group.attributes[name]));
            expect(valueOf(groupEce(group))).toBeCloseTo(valueOf(metricsOf(alone).ece), 10);
          }
      }),
      { numRuns: 10 },
    );
  });

  it('is undefined without scores, and kept for no more groups than can be stored', () => {
    expect(groupEce(named('a', 1, 1, 1, 1))).toEqual({
      defined: false,
      reason: 'no scores were kept by group',
    });
    const cells = Array.from({ length: 257 }, (_, i) => ({ attributes: { city: String(i) } }));
    const shape = { classes: ['0', '1'], positive: '1', labels: [0, 1], predictions: [0, 1] };
    const scores = Float64Array.of(0.2, 0.7);
    const of = (count: number) =>
      buildSplitEvidence({ ...shape, scores, cellOf: [0, 1], cells: cells.slice(0, count) }).groups[1]!
        .calibration;
    expect(of(257)).toBeUndefined();
    expect(of(256)!.reduce((sum, r) => sum + r, 0)).toBeCloseTo(-0.3, 11);
  });
});

const counts = fc.record({ tp: fc.nat(60), fp: fc.nat(60), fn: fc.nat(60), tn: fc.nat(60) });
const groups = fc
  .array(counts, { minLength: 2, maxLength: 5 })
  .map((all) => all.map((c, i): Group => ({ attributes: { g: String(i) }, ...c })));

describe('groups, properties', () => {
  it('a group twice as large changes no rate of any group, no gap and no impact ratio', () => {
    fc.assert(
      fc.property(groups, fc.nat(4), (all, which) => {
        const twice = all.map((group, i) =>
          i === which % all.length
            ? { ...group, tp: 2 * group.tp, fp: 2 * group.fp, fn: 2 * group.fn, tn: 2 * group.tn }
            : group,
        );
        all.forEach((group, i) => {
          for (const rate of RATE_NAMES)
            expect(valueOf(rateMetric(twice[i]!, rate))).toBe(valueOf(rateMetric(group, rate)));
        });
        for (const metric of FAIRNESS_METRICS)
          expect(valueOf(fairnessOfGroups(twice, metric))).toBe(valueOf(fairnessOfGroups(all, metric)));
        expect(impactRatios(twice, { smallestShare: 0 }).map(valueOf)).toEqual(
          impactRatios(all, { smallestShare: 0 }).map(valueOf),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('no group is further from all rows than from the group furthest from it', () => {
    fc.assert(
      fc.property(groups, (all) => {
        for (const metric of FAIRNESS_METRICS) {
          const [between, overall] = [fairnessOfGroups(all, metric), overallOfGroups(all, metric)];
          expect(overall.defined).toBe(between.defined);
          if (!between.defined || !overall.defined) continue;
          expect(overall.ci).toBeNull();
          if (metric.form === 'difference') expect(overall.value).toBeLessThanOrEqual(between.value + 1e-12);
          else expect(overall.value).toBeGreaterThanOrEqual(between.value - 1e-12);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('complementary rates have the same differences', () => {
    fc.assert(
      fc.property(groups, (all) => {
        const value = (name: string) => valueOf(fairnessOfGroups(all, fairnessMetric(`${name}_difference`)));
        const same = (one: string, other: string) => {
          const [a, b] = [value(one), value(other)];
          if (Number.isNaN(a)) expect(b).toBeNaN();
          else expect(b).toBeCloseTo(a, 12);
        };
        same('equal_opportunity', 'false_negative_rate');
        same('predictive_parity', 'false_discovery_rate');
        same('false_omission_rate', 'negative_predictive_value');
      }),
      { numRuns: 20 },
    );
  });

  it('the report has every metric between groups and to overall, and impact ratio and ECE of every group', () => {
    const rows = Array.from({ length: 80 }, (_, i): Row => ({
      label: (i * 7) % 2,
      score: ((i * 13) % 21) / 20,
      cell: i % 4,
    }));
    const report = fairnessOf(evidenceOf(rows));
    expect(Object.keys(report)).toHaveLength(2 * FAIRNESS_METRICS.length);
    expect(Object.keys(report.false_omission_rate_ratio_to_overall!)).toEqual(['race', 'sex', 'race,sex']);
    for (const group of groupsOf(evidenceOf(rows)))
      expect([group.impactRatio.defined, group.ece.defined]).toEqual([true, true]);
  });
});
