import { describe, expect, it } from 'vitest';
import { spentAlpha } from './look-budget.js';
import { spendingBefore, TOLD_NOTHING, type ToldDecision, type ToldLook } from './told.js';

const VERDICTS = { P: 'PASS', F: 'FAIL', I: 'INCONCLUSIVE', E: 'ERROR' } as const;
const at = (look: number, step: number, metric = 'auc'): ToldLook => ({
  look,
  ladder: { metric, baseline: 0.5, eta: 0.05, cells: 10, step },
});
const said = (look: number, verdicts: string, policy = 'live'): ToldDecision => ({
  look,
  policy,
  verdicts: [...verdicts].map((letter) => VERDICTS[letter as keyof typeof VERDICTS]),
});

describe('what looks told', () => {
  it('before the first: nothing', () => {
    expect(spendingBefore(1, 20, [at(1, 3)], [said(1, 'P')])).toEqual({
      looks: 20,
      answered: 0,
      informative: 0,
      alternatives: 1,
    });
  });

  it('an answer as before tells nothing, another verdict or a higher step does', () => {
    const looks = [at(1, 0), at(2, 0), at(3, 0), at(4, 2), at(5, 2), at(6, 2)];
    const decisions = [said(1, 'I'), said(2, 'F'), said(3, 'F'), said(4, 'F'), said(5, 'F')];
    const before = (look: number) => spendingBefore(look, 20, looks, decisions);
    // The second look failed, and the fourth rose by two.
    expect([1, 2, 3, 4, 5, 6].map((look) => before(look).informative)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(before(6).answered).toBe(5);
    // One of one rule changed: 2 * 3 * 2^1. Two steps: 2 * 1 * 3 * 4.
    expect([before(3).alternatives, before(6).alternatives]).toEqual([12, 12 * 24]);
  });

  it('a look that releases nothing by its nature is no answer that told something, but for its verdicts', () => {
    const silent = [1, 2].map((look): ToldLook => ({ look, ladder: TOLD_NOTHING }));
    expect(spendingBefore(3, 20, silent, [])).toMatchObject({ answered: 2, informative: 0, alternatives: 1 });
    // One of one rule changed: 2 * 3, and no step: 2.
    expect(spendingBefore(3, 20, silent, [said(1, 'P')])).toMatchObject({ informative: 1, alternatives: 12 });
  });

  it('a look that nobody decided about is an answer by its step alone', () => {
    const looks = [at(1, 0), at(2, 3), at(3, 3)];
    expect(spendingBefore(4, 20, looks, [])).toMatchObject({
      answered: 3,
      informative: 1,
      alternatives: 4 * 5,
    });
  });

  it('each further decision on a look is one more answer, by what its own policy said last', () => {
    const looks = [at(1, 0), at(2, 0)];
    const decisions = [said(1, 'I'), said(1, 'P', 'other'), said(1, 'F'), said(2, 'P', 'other')];
    // One rule, no ladder: 1 * 3 for each of the two; the second look's own passed as before.
    expect(spendingBefore(3, 20, looks, decisions)).toEqual({
      looks: 20,
      answered: 2,
      informative: 0,
      further: { answered: 2, informative: 2 },
      alternatives: 9,
    });
  });

  it('of five rules one: 6 C(5,1) 3 2; all: 6 3^5 2', () => {
    const told = (verdicts: string) => spendingBefore(2, 20, [at(1, 0)], [said(1, verdicts)]).alternatives;
    expect([told('IIFII'), told('FFPFF')]).toEqual([6 * 5 * 3 * 2, 6 * 243 * 2]);
  });

  it('steps of two metrics are told apart', () => {
    const looks = [at(1, 2), at(2, 1, 'accuracy'), at(3, 2), at(4, 1, 'accuracy')];
    expect(spendingBefore(5, 20, looks, []).informative).toBe(2);
  });

  it('a look of which it is not known what it released counts as one that told something', () => {
    const looks: ToldLook[] = [
      { look: 1, ladder: null },
      { look: 2, ladder: null },
    ];
    expect(spendingBefore(3, 20, looks, [said(1, 'I')])).toMatchObject({ answered: 2, informative: 2 });
  });

  it('the same look at two splits of the same rows is one', () => {
    const told = spendingBefore(2, 20, [at(1, 1), at(1, 1)], [said(1, 'I')]);
    expect(told).toMatchObject({ answered: 1, informative: 1, alternatives: 2 * 1 * 6 });
  });

  it('alpha spent over everything that two looks and two rules can tell is at most alpha', () => {
    const letters = Object.keys(VERDICTS);
    const pairs = letters.flatMap((a) => letters.map((b) => a + b));
    const alpha = (look: number, looks: ToldLook[], decisions: ToldDecision[]) =>
      spentAlpha(0.05, spendingBefore(look, 3, looks, decisions));
    let sum = alpha(1, [], []);
    for (const first of pairs) {
      for (let step = 0; step <= 10; step++) {
        const [looks, decisions] = [[at(1, step)], [said(1, first)]];
        sum += alpha(2, looks, decisions);
        for (const second of pairs)
          for (let next = step; next <= 10; next++)
            sum += alpha(3, [...looks, at(2, next)], [...decisions, said(2, second)]);
      }
    }
    expect(sum).toBeLessThanOrEqual(0.05);
    expect(sum).toBeGreaterThan(0.025);
  });

  it('is spent within alpha also by who asks on about one look until the answer is new', () => {
    // Two policies of one rule; whoever is told nothing asks once more, at most `patience` times, and then looks anew.
    const letters = ['I', 'P', 'F', 'E'];
    const patience = 200;
    const decisions = [said(1, 'I')];
    let sum = 0;
    for (let asked = 0; asked <= patience; asked++) {
      for (const letter of asked < patience ? letters.slice(1) : letters) {
        const told = [...decisions, said(1, letter, 'other')];
        sum += spentAlpha(0.05, spendingBefore(2, 1, [at(1, 0)], told));
      }
      decisions.push(said(1, 'I', 'other'));
    }
    // Of all first answers, the one that is the default: half of alpha, and none is lost but to what is bought by patience.
    expect(sum).toBeLessThanOrEqual(0.05 / 2);
    expect(sum).toBeGreaterThan(0.024);
  });
});
