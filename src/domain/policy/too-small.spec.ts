import { describe, expect, it } from 'vitest';
import { decideGate } from './decide-gate.js';
import { evidenceOf, factsOf, policyOf, splitOf } from './policy-fixtures.js';

const small = /too small for this rule: not even a model without an error would pass/;

/** Caveats of the one rule on a holdout of these cells. */
function caveats(rule: object, cells: Parameters<typeof splitOf>[0]): { verdict: string; said: string[] } {
  const [result] = decideGate(policyOf([rule]), evidenceOf([factsOf('holdout', splitOf(cells))])).rules;
  return { verdict: result!.verdict, said: result!.caveats.filter((caveat) => small.test(caveat)) };
}
const cell = (n: number, wrong: number, attributes = {}) => ({
  attributes,
  tp: Math.floor(n / 2) - wrong,
  fn: wrong,
  fp: 0,
  tn: n - Math.floor(n / 2),
});

describe('a holdout that is too small for a rule', () => {
  const accuracy = { id: 'a', metric: 'accuracy', split: 'holdout', atLeast: 0.9 };

  it('is said to be: no error in 28 rows shows less than .9 at .05, none in 29 shows it (.9^29 = .0471)', () => {
    expect(caveats(accuracy, [cell(28, 0)])).toMatchObject({ verdict: 'INCONCLUSIVE', said: [small] });
    expect(caveats(accuracy, [cell(28, 1)]).said).toEqual([
      'holdout is too small for this rule: not even a model without an error would pass; that takes about 29 rows of holdout',
    ]);
    expect(caveats(accuracy, [cell(29, 1)])).toEqual({ verdict: 'INCONCLUSIVE', said: [] });
    expect(caveats(accuracy, [cell(29, 0)])).toEqual({ verdict: 'PASS', said: [] });
  });

  it('is said to be for a gap between groups: none among 28 and 28 shows at most .1, for the same reason', () => {
    const gap = {
      id: 'g',
      fairness: {
        metric: 'equal_opportunity_difference',
        split: 'holdout',
        attributes: ['sex'],
        atMost: 0.1,
      },
    };
    const groups = (n: number, wrong: number) => [
      cell(2 * n, wrong, { sex: 'f' }),
      cell(2 * n, 0, { sex: 'm' }),
    ];
    expect(caveats(gap, groups(28, 2))).toMatchObject({ verdict: 'INCONCLUSIVE', said: [small] });
    expect(caveats(gap, groups(29, 2))).toEqual({ verdict: 'INCONCLUSIVE', said: [] });
    expect(caveats(gap, groups(29, 0))).toEqual({ verdict: 'PASS', said: [] });
  });

  it('is not said where a model without an error misses the requirement itself, nor where the estimate decides', () => {
    const parity = {
      id: 's',
      fairness: {
        metric: 'demographic_parity_difference',
        split: 'holdout',
        attributes: ['sex'],
        atMost: 0.1,
      },
    };
    const rates = [
      { attributes: { sex: 'f' }, tp: 4, fp: 0, fn: 8, tn: 8 },
      { attributes: { sex: 'm' }, tp: 4, fp: 0, fn: 0, tn: 16 },
    ];
    expect(caveats(parity, rates)).toEqual({ verdict: 'INCONCLUSIVE', said: [] });
    expect(caveats({ ...accuracy, decideOn: 'point' }, [cell(8, 4)]).said).toEqual([]);
  });
});
