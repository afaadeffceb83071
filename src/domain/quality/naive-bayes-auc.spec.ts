import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeProxies } from './judge-proxies.js';
import { mixed } from './min-hash.js';
import { foldsOf, naiveBayesAuc } from './naive-bayes-auc.js';

const u = (i: number) => mixed(i + 1) / 2 ** 32;

describe('how well columns tell a group', () => {
  const n = 200;
  const member = Uint8Array.from({ length: n }, (_, i) => (u(i) < 0.4 ? 1 : 0));
  const columns = [
    (i: number) =>
      u(n + i) < 0.5 ? Math.floor(u(n + i) * 4) : 2 * member[i]! + Math.floor(u(2 * n + i) * 2),
    (i: number) => Math.floor(u(2 * n + i) * 6),
    (i: number) => Math.floor(u(3 * n + i) * 3 + member[i]!),
  ].map((of) => Int32Array.from({ length: n }, (_, i) => of(i)));
  const rows = {
    codes: columns,
    sizes: columns.map((column) => Math.max(...column) + 1),
    fold: foldsOf(Int32Array.from(member), 5),
    folds: 5,
  };

  // scikit-learn 1.9.1: CategoricalNB(alpha=1, min_categories) on the same folds, roc_auc_score, DeLong's variance from its definition.
  it('as cross-validated naive Bayes of scikit-learn, alone and together', () => {
    expect(member.reduce((sum, one) => sum + one, 0)).toBe(69);
    const expected = [
      [0.690694561848408, 0.044439410541342865],
      [0.47999358191665886, 0.04523952022625073],
      [0.787689020381328, 0.03156612714425287],
      [0.8890579505964121, 0.029486995746318904],
    ];
    naiveBayesAuc(rows, member).forEach((stat, j) => {
      expect(stat!.auc).toBeCloseTo(expected[j]![0]!, 12);
      expect(stat!.se).toBeCloseTo(expected[j]![1]!, 12);
      expect([stat!.positives, stat!.negatives]).toEqual([69, 131]);
    });
  });

  it('a group and all others are told equally well', () => {
    const others = member.map((one) => 1 - one);
    naiveBayesAuc(rows, others).forEach((stat, j) =>
      expect(stat!.auc).toBeCloseTo(naiveBayesAuc(rows, member)[j]!.auc, 12),
    );
  });

  it('a fold without members has no answer', () => {
    const few = Uint8Array.from(member, (_, i) => (i < 3 ? 1 : 0));
    expect(naiveBayesAuc(rows, few)).toEqual([null, null, null, null]);
  });

  it('folds hold as many of each group as others do, give or take one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 2, max: 7 }),
        (group, folds) => {
          const fold = foldsOf(Int32Array.from(group), folds);
          for (const one of new Set(group)) {
            const counts = Array.from(
              { length: folds },
              (_, f) => group.filter((of, i) => of === one && fold[i] === f).length,
            );
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});

describe('what is judged of it', () => {
  const one = (auc: number, rows: number, column: string | null = 'a') => ({
    split: 'all',
    attribute: 'sex',
    group: 'f',
    column,
    stat: { auc, se: 0.5 / Math.sqrt(rows), positives: rows, negatives: rows },
  });
  const limits = { atMost: 0.7, atMostTogether: 0.9, alpha: 0.05 };

  it('above where it is no chance, within where the bound is, and undecided between', () => {
    const judged = judgeProxies(
      [one(0.8, 1_000), one(0.6, 1_000), one(0.7, 1_000), one(0.8, 20), one(0.8, 1_000, null)],
      limits,
    );
    expect(judged.map(({ status }) => status)).toEqual([
      'above',
      'within',
      'undecided',
      'undecided',
      'within',
    ]);
    for (const { lower, auc, upper } of judged) {
      expect(lower).toBeLessThan(auc);
      expect(upper).toBeGreaterThan(auc);
    }
  });

  it('more that are tried make none of them above', () => {
    const alone = judgeProxies([one(0.77, 250)], limits)[0]!;
    const among = judgeProxies(
      [one(0.77, 250), ...Array.from({ length: 40 }, () => one(0.6, 250))],
      limits,
    )[0]!;
    expect(alone.status).toBe('above');
    expect(among.status).toBe('undecided');
    expect(among.adjustedP).toBeCloseTo(41 * alone.adjustedP, 12);
  });
});
