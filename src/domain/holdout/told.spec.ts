import { describe, expect, it } from 'vitest';
import { spendingBefore, type ToldDecision, type ToldLook } from './told.js';

const at = (look: number, step: number, metric = 'auc'): ToldLook => ({
  look,
  ladder: { metric, baseline: 0.5, eta: 0.05, cells: 10, step },
});
const said = (look: number, verdicts: string, policy = 'live'): ToldDecision => ({
  look,
  policy,
  verdicts: [...verdicts].map((letter) => ({ P: 'PASS', F: 'FAIL', I: 'INCONCLUSIVE', E: 'ERROR' })[letter]!),
});

describe('what looks told', () => {
  it('before the first: nothing', () => {
    expect(spendingBefore(1, 20, [at(1, 3)], [said(1, 'P')], 1)).toEqual({
      looks: 20,
      answered: 0,
      informative: 0,
      answers: 3 * 11 - 1,
    });
  });

  it('an answer as before tells nothing, another verdict or a higher step does', () => {
    const looks = [at(1, 0), at(2, 0), at(3, 0), at(4, 2), at(5, 2), at(6, 2)];
    const decisions = [said(1, 'I'), said(2, 'F'), said(3, 'F'), said(4, 'F'), said(5, 'F')];
    const informative = [1, 2, 3, 4, 5, 6].map(
      (look) => spendingBefore(look, 20, looks, decisions, 1).informative,
    );
    // The second look failed, and the fourth rose.
    expect(informative).toEqual([0, 0, 1, 1, 2, 2]);
    expect(spendingBefore(6, 20, looks, decisions, 1).answered).toBe(5);
  });

  it('a look that nobody decided about is an answer by its step alone', () => {
    const looks = [at(1, 0), at(2, 1), at(3, 1)];
    expect(spendingBefore(4, 20, looks, [], 1)).toMatchObject({ answered: 3, informative: 1 });
  });

  it('each further decision on a look is one more answer, by what its own policy said last', () => {
    const looks = [at(1, 0), at(2, 0)];
    const decisions = [said(1, 'I'), said(1, 'P', 'other'), said(1, 'F'), said(2, 'P', 'other')];
    expect(spendingBefore(3, 20, looks, decisions, 1)).toMatchObject({ answered: 4, informative: 2 });
  });

  it('verdicts of several rules are one answer of 3^R (m + 1), and the most that ever were shown count', () => {
    const looks = [at(1, 0), at(2, 0), at(3, 0)];
    const decisions = [said(1, 'II'), said(2, 'IF')];
    expect(spendingBefore(3, 20, looks, decisions, 1)).toEqual({
      looks: 20,
      answered: 2,
      informative: 1,
      answers: 9 * 11 - 1,
    });
    expect(spendingBefore(3, 20, looks, decisions, 4).answers).toBe(81 * 11 - 1);
  });

  it('steps of two metrics are told apart', () => {
    const looks = [at(1, 2), at(2, 1, 'accuracy'), at(3, 2), at(4, 1, 'accuracy')];
    expect(spendingBefore(5, 20, looks, [], 1).informative).toBe(2);
  });

  it('a look from before there were ladders counts as one that told something', () => {
    const looks: ToldLook[] = [
      { look: 1, ladder: null },
      { look: 2, ladder: null },
    ];
    expect(spendingBefore(3, 20, looks, [said(1, 'I')], 1)).toEqual({
      looks: 20,
      answered: 2,
      informative: 2,
      answers: 2,
    });
  });

  it('the same look at two splits of the same rows is one', () => {
    expect(spendingBefore(2, 20, [at(1, 1), at(1, 1)], [said(1, 'I')], 1)).toMatchObject({
      answered: 1,
      informative: 1,
    });
  });
});
