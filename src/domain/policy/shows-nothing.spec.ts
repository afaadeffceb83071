import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAIRNESS_METRIC_NAMES } from '../fairness/index.js';
import { metricRegistry } from '../metrics/index.js';
import { evidenceOf, factsOf } from './policy-fixtures.js';
import {
  comparisonsOn,
  evidenceOfRows,
  verdictsOf,
  type Differing,
  type Row,
  type Rule,
} from './verdict-fixtures.js';

const HIGHER = ['accuracy', 'precision', 'recall', 'f1', 'auc'] as const;
const percent = (min: number, max: number) => fc.integer({ min, max }).map((value) => value / 100);
const ALIKE: Differing = { wins: 0, losses: 0, lead: 0, seDiff: 0 };
/** A candidate without a single win: five wins of five would show something. */
const differing: fc.Arbitrary<Differing> = fc.record({
  wins: fc.constant(0),
  losses: fc.nat(5),
  lead: percent(-10, 10),
  seDiff: percent(0, 3),
});

describe('what shows nothing', () => {
  /** Requirements that neither a range nor a handful of rows meets at alpha .05: 5 of 5 show a rate of .55 and an F1 of .71. */
  const WANTED: Rule[] = [
    ...HIGHER.map((metric) => ({ metric, split: 'holdout', atLeast: 0.75 })),
    ...['log_loss', 'brier', 'ece'].map((metric) => ({ metric, split: 'holdout', atMost: 0.2 })),
    ...['accuracy', 'auc'].map((metric) => ({ compare: { metric, split: 'holdout', margin: 0.2 } })),
    { crossDomain: { metric: 'accuracy', worstAtLeast: 0.75 } },
    ...HIGHER.map((metric) => ({ crossDomain: { metric, maxDrop: 0.2 } })),
    ...FAIRNESS_METRIC_NAMES.map((metric) => ({
      fairness: {
        metric,
        split: 'holdout',
        attributes: ['race'],
        ...(metric.endsWith('_ratio') ? { atLeast: 0.8 } : { atMost: 0.2 }),
      },
    })),
  ];
  const row: fc.Arbitrary<Row> = fc.record({
    cell: fc.nat(3),
    label: fc.nat(1),
    prediction: fc.nat(1),
    score: fc.constantFrom(0, 0.1, 0.5, 0.9, 1),
  });
  const right = row.map((each) => ({ ...each, prediction: each.label, score: each.label }));
  const nothing = (rows: readonly Row[], drawn: Differing, rules: Rule[] = WANTED, alpha = 0.05) => {
    const found = evidenceOfRows(rows);
    const splits = ['holdout', 'south', 'north'].map((name) => factsOf(name, found));
    return verdictsOf(
      { rules, alpha },
      evidenceOf(splits, { comparisons: comparisonsOn(found, drawn, 60) }),
    ).flatMap((verdict, i) => (verdict === 'PASS' ? [i === 0 ? 'the decision' : rules[i - 1]] : []));
  };

  it('five rows or fewer, even if all are right, pass nothing', () => {
    const rows = fc.oneof(fc.array(row, { maxLength: 5 }), fc.array(right, { maxLength: 5 }));
    fc.assert(
      fc.property(rows, differing, fc.constantFrom(0.01, 0.05), (few, drawn, alpha) => {
        expect(nothing(few, drawn, WANTED, alpha)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('rows of one class pass nothing, however many and however right', () => {
    fc.assert(
      fc.property(
        fc.nat(1),
        fc.array(right, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 60 }),
        differing,
        (label, few, times, drawn) => {
          const rows = few.flatMap((each) =>
            new Array<Row>(times).fill({ ...each, label, prediction: label, score: label }),
          );
          expect(nothing(rows, drawn)).toEqual([]);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('no rows pass nothing, even by the point and at the laxest thresholds', () => {
    const lax: Rule[] = [
      ...metricRegistry.ids.map((metric) => ({
        metric,
        split: 'holdout',
        decideOn: 'point',
        ...(metricRegistry.get(metric).direction === 'higher' ? { atLeast: 1e-9 } : { atMost: 0.999 }),
      })),
      ...FAIRNESS_METRIC_NAMES.map((metric) => ({
        decideOn: 'point',
        fairness: {
          metric,
          split: 'holdout',
          attributes: ['race'],
          ...(metric.endsWith('_ratio') ? { atLeast: 1e-9 } : { atMost: 0.999 }),
        },
      })),
      { decideOn: 'point', compare: { metric: 'accuracy', split: 'holdout', margin: 0.99 } },
      { decideOn: 'point', crossDomain: { metric: 'accuracy', worstAtLeast: 1e-9, maxDrop: 0.999 } },
    ];
    expect(nothing([], ALIKE, lax)).toEqual([]);
  });

  it('a constant passes nothing that a constant cannot reach', () => {
    const rules = WANTED.filter(({ metric }) =>
      ['accuracy', 'precision', 'f1', 'auc', 'log_loss', 'brier'].includes(metric as string),
    );
    fc.assert(
      fc.property(
        fc.nat(1),
        percent(0, 100),
        fc.integer({ min: 1, max: 400 }),
        fc.nat(100),
        (prediction, score, half, fewer) => {
          // No more positives than negatives: saying yes always has a precision of a half and an F1 of two thirds at most.
          const positives = Math.max(1, half - fewer);
          const rows = Array.from({ length: half + positives }, (_, i): Row => ({
            cell: i % 4,
            label: i < positives ? 1 : 0,
            prediction,
            score,
          }));
          const reached = nothing(rows, ALIKE, rules);
          // Saying no always is as right as negatives are frequent.
          const share = half / (half + positives);
          expect(
            reached.filter(
              (one) =>
                !(share > 0.75 && ['accuracy', 'log_loss', 'brier'].includes((one as Rule).metric as string)),
            ),
          ).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });
});
