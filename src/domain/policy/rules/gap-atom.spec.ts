import { describe, expect, it } from 'vitest';
import type { Atom } from '../atom.js';
import { gapAtom, ratioAtom } from './gap-atom.js';
import type { ComparedPair } from './pair-decision.js';

function pairOf(x1: number, n1: number, x2: number, n2: number): ComparedPair {
  const group = (name: string, x: number, n: number) => ({
    attributes: { g: name },
    tp: x,
    fp: 0,
    fn: n - x,
    tn: 0,
  });
  const [a, b] =
    x1 * n2 >= x2 * n1
      ? ([
          [x1, n1],
          [x2, n2],
        ] as const)
      : ([
          [x2, n2],
          [x1, n1],
        ] as const);
  return {
    rate: 'tpr',
    higher: group('a', ...a),
    lower: group('b', ...b),
    x1: a[0],
    n1: a[1],
    x2: b[0],
    n2: b[1],
    slice: {},
    small: false,
  };
}

function binomial(n: number, p: number): number[] {
  const probabilities = [(1 - p) ** n];
  for (let x = 1; x <= n; x++)
    probabilities.push(((probabilities[x - 1]! * (n - x + 1)) / x) * (p / (1 - p)));
  return probabilities;
}

/** Exactly, over every table: how often an atom at its limit clears, and how often its p-value is at most `level`. */
function errors(atomOf: (pair: ComparedPair) => Atom, n1: number, p1: number, n2: number, p2: number) {
  const [first, second] = [binomial(n1, p1), binomial(n2, p2)];
  const found = { pass: 0, fail: 0, holm: 0 };
  for (let x1 = 0; x1 <= n1; x1++) {
    for (let x2 = 0; x2 <= n2; x2++) {
      const share = first[x1]! * second[x2]!;
      if (share < 1e-12) continue;
      const { clears, pFail } = atomOf(pairOf(x1, n1, x2, n2));
      if (clears) found.pass += share;
      if (pFail <= 0.05) found.fail += share;
      if (pFail <= 0.001) found.holm += share;
    }
  }
  return found;
}

describe('pairs at their limit, by exact enumeration', () => {
  // By the score test alone: one success in a group of one or five is rejected 20 to 60 times as often as its p says.
  it.each([
    [1, 60, 0.07, 0.02],
    [5, 100, 0.93, 0.98],
    [10, 200, 0.07, 0.02],
    [20, 20, 0.07, 0.02],
    [30, 100, 0.96, 0.99],
  ])('difference, groups of %i and %i at rates %f and %f', (n1, n2, p1, p2) => {
    const { pass, fail, holm } = errors((pair) => gapAtom(pair, Math.abs(p1 - p2), 0.05), n1, p1, n2, p2);
    expect(pass).toBeLessThanOrEqual(0.05);
    expect(fail).toBeLessThanOrEqual(0.06);
    expect(holm).toBeLessThanOrEqual(0.003);
  });

  it.each([
    [1, 60, 0.06, 0.048],
    [5, 100, 0.408, 0.816],
    [5, 100, 0.025, 0.02],
    [20, 20, 0.999, 0.7992],
  ])('ratio, groups of %i and %i at rates %f and %f', (n1, n2, p1, p2) => {
    const limit = Math.min(p1 / p2, p2 / p1);
    const { pass, fail, holm } = errors((pair) => ratioAtom(pair, limit, 0.05), n1, p1, n2, p2);
    expect(pass).toBeLessThanOrEqual(0.05);
    expect(fail).toBeLessThanOrEqual(0.06);
    expect(holm).toBeLessThanOrEqual(0.003);
  });
});

// STATISTICS, section 3, whose counts are the nearest whole numbers: the exact test costs none of these rows.
it.each([
  [0.5, 135],
  [0.2, 90],
  [0.05, 40],
])('a gap observed as exactly 0 at a rate of %f first shows "at most .1" with groups of %i', (rate, n) => {
  const clears = (rows: number) => {
    const x = Math.round(rate * rows);
    return gapAtom(pairOf(x, rows, x, rows), 0.1, 0.05).clears;
  };
  const sizes = Array.from({ length: 200 }, (_, i) => i + 10);
  expect(sizes.find(clears)).toBe(n);
});
