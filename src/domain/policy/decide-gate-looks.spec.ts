import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spentAlpha, type Spending } from '../holdout/index.js';
import { clopperPearsonLower } from '../statistics/index.js';
import { decideGate } from './decide-gate.js';
import { evidenceOf, factsOf, policyOf, sealedFactsOf, splitOf } from './policy-fixtures.js';

/** `right` of `n` rows right, half of them positive. */
function accurate(right: number, n: number) {
  const wrong = n - right;
  return splitOf(
    [{ attributes: {}, tp: right - Math.floor(right / 2), fp: 0, fn: wrong, tn: Math.floor(right / 2) }],
    {
      groups: [],
    },
  );
}

const policy = (atLeast: number, spec: object = {}) =>
  policyOf([{ id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast }], spec);
const decided = (right: number, n: number, atLeast: number, spending: Partial<Spending>, spec: object = {}) =>
  decideGate(policy(atLeast, spec), evidenceOf([sealedFactsOf('holdout', accurate(right, n), spending)]));

describe('a decision on a sealed split', () => {
  it('passes at what the looks left of alpha, and says so: 170 of 200 against .80', () => {
    // Bounds of Clopper and Pearson: .8016 at .05, .7573 at .05/40.
    expect(clopperPearsonLower(170, 200, 0.05)).toBeGreaterThan(0.8);
    expect(clopperPearsonLower(170, 200, 0.05 / 40)).toBeLessThan(0.8);
    const open = decideGate(policy(0.8), evidenceOf([factsOf('holdout', accurate(170, 200))]));
    expect(open.verdict).toBe('PASS');
    const sealed = decided(170, 200, 0.8, {});
    expect(sealed.verdict).toBe('INCONCLUSIVE');
    const [rule] = sealed.rules;
    expect(rule!.reason).toContain('it clears at 0.05, but not at 0.00125');
    expect(rule!.passAlpha).toBeCloseTo(0.05 / 40, 12);
    expect(rule!.neededN).toBeGreaterThan(200);
    expect(sealed.caveats[0]).toContain(
      'look 1 of 20 at the sealed split holdout: after no answer that told something, PASS is decided at 0.00125 instead of 0.05',
    );
    expect(decided(190, 200, 0.8, {}).verdict).toBe('PASS');
  });

  it('pays for what earlier answers told: .05 / (20 2^3 C(4,2) 32^2)', () => {
    const spent = { answered: 4, informative: 2, alternatives: 32 ** 2 };
    const [rule] = decided(184, 200, 0.8, spent).rules;
    expect(rule!.passAlpha / (0.05 / (20 * 8 * 6 * 1024))).toBeCloseTo(1, 10);
    expect(rule!.verdict).toBe('INCONCLUSIVE');
    expect(decided(199, 200, 0.8, spent).verdict).toBe('PASS');
  });

  it('spends alpha on the looks that the policy takes, where these are fewer', () => {
    const [few] = decided(190, 200, 0.8, {}, { holdout: { looks: 2 } }).rules;
    expect(few!.passAlpha).toBeCloseTo(0.05 / 4, 12);
    const [many] = decided(190, 200, 0.8, {}, { holdout: { looks: 100 } }).rules;
    expect(many!.passAlpha).toBeCloseTo(0.05 / 40, 12);
  });

  it('fails at alpha, shows the interval of alpha, and needs no look to be told', () => {
    const fresh = decided(100, 200, 0.8, {});
    const late = decided(100, 200, 0.8, { answered: 19, informative: 19 });
    expect([fresh.verdict, late.verdict]).toEqual(['FAIL', 'FAIL']);
    expect(late.rules[0]!.ci).toEqual(fresh.rules[0]!.ci);
    expect(late.rules[0]!.level).toBeCloseTo(0.9, 12);
  });

  it('is an error where what was told is not known, and never a PASS where nothing is left', () => {
    const facts = sealedFactsOf('holdout', accurate(200, 200));
    for (const spending of [null, undefined, { looks: 20, answered: 1, informative: 2, alternatives: 1 }]) {
      const without = { ...facts, measurement: { ...facts.measurement!, spending: spending as Spending } };
      expect(decideGate(policy(0.5), evidenceOf([without])).verdict).toBe('ERROR');
    }
    const all = decided(20_000, 20_000, 0.5, { answered: 300, informative: 300, alternatives: 32 ** 200 });
    expect([all.verdict, all.rules[0]!.passAlpha]).toEqual(['INCONCLUSIVE', 0]);
  });

  it('takes the least level of the sealed splits that a rule rests on', () => {
    const [holdout, south] = [accurate(950, 1000), accurate(940, 1000)];
    const domains = policyOf([
      { id: 'domains', crossDomain: { metric: 'accuracy', worstAtLeast: 0.8, maxDrop: 0.1, minDomains: 1 } },
    ]);
    const verdict = decideGate(
      domains,
      evidenceOf([
        sealedFactsOf('holdout', holdout, { looks: 2 }),
        sealedFactsOf('south', south, { looks: 5 }),
      ]),
    );
    expect(verdict.rules[0]!.passAlpha).toBeCloseTo(0.05 / 10, 12);
  });

  it('never passes after more that was told, where it does not pass after less', () => {
    const spendings = fc
      .record({
        looks: fc.integer({ min: 1, max: 40 }),
        answered: fc.nat(39),
        told: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ looks, answered, told }) => ({
        looks,
        answered,
        informative: Math.floor((told * answered) / 2),
        alternatives: 17 ** Math.floor((told * answered) / 2),
      }));
    fc.assert(
      fc.property(spendings, fc.integer({ min: 0, max: 300 }), (spending, wrong) => {
        const more = {
          ...spending,
          informative: Math.min(spending.answered, spending.informative + 1),
          alternatives: spending.alternatives * 17,
        };
        if (spentAlpha(0.05, more) > spentAlpha(0.05, spending)) return;
        const verdict = (given: Spending) => decided(1000 - wrong, 1000, 0.85, given).verdict;
        if (verdict(spending) !== 'PASS') expect(verdict(more)).not.toBe('PASS');
      }),
      { numRuns: 60 },
    );
  });
});
