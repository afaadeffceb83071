import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aucOfSorted, sortScores } from './auc.js';
import { seededRandom } from './random.js';
import { HULL_TOLERANCE, rocCurve, type RocPoint } from './roc-curve.js';

const curveOf = (scores: readonly number[], labels: readonly number[], options = {}) =>
  rocCurve(sortScores(Float64Array.from(scores), labels), options)!;
const area = (points: readonly RocPoint[]) =>
  points
    .slice(1)
    .reduce((sum, { fpr, tpr }, i) => sum + ((fpr - points[i]!.fpr) * (tpr + points[i]!.tpr)) / 2, 0);

/** Distance of a point from the nearest place of a way. */
function distance({ fpr, tpr }: RocPoint, way: readonly RocPoint[]): number {
  let least = Infinity;
  for (const [i, to] of way.slice(1).entries()) {
    const from = way[i]!;
    const [x, y] = [to.fpr - from.fpr, to.tpr - from.tpr];
    const length = x * x + y * y;
    const at =
      length === 0 ? 0 : Math.min(1, Math.max(0, ((fpr - from.fpr) * x + (tpr - from.tpr) * y) / length));
    least = Math.min(least, Math.hypot(from.fpr + at * x - fpr, from.tpr + at * y - tpr));
  }
  return least;
}

/** The upper hull, by definition: points with none above any line between two others. Quadratic, for tests. */
function hull(points: readonly RocPoint[]): RocPoint[] {
  const kept: RocPoint[] = [points[0]!];
  for (let i = 0; i < points.length - 1;) {
    let best = i + 1;
    for (let j = i + 1; j < points.length; j++) {
      const [a, b, c] = [points[i]!, points[best]!, points[j]!];
      const cross = (b.fpr - a.fpr) * (c.tpr - a.tpr) - (b.tpr - a.tpr) * (c.fpr - a.fpr);
      if (cross >= 0) best = j;
    }
    kept.push(points[best]!);
    i = best;
  }
  return kept;
}

describe('rocCurve', () => {
  it("has the points of roc_curve's documented example (scikit-learn)", () => {
    expect(curveOf([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toEqual({
      exact: true,
      points: [
        { threshold: null, fpr: 0, tpr: 0 },
        { threshold: 0.8, fpr: 0, tpr: 0.5 },
        { threshold: 0.4, fpr: 0.5, tpr: 0.5 },
        { threshold: 0.35, fpr: 0.5, tpr: 1 },
        { threshold: 0.1, fpr: 1, tpr: 1 },
      ],
    });
  });

  it("has those of Fawcett's 20 instances (2006, figure 3) as scikit-learn 1.7.2 gives them, but for one on a straight line", () => {
    const labels = [...'ppnpppnnpnpnpnnnpnpn'].map((name) => (name === 'p' ? 1 : 0));
    const scores = [
      0.9, 0.8, 0.7, 0.6, 0.55, 0.54, 0.53, 0.52, 0.51, 0.505, 0.4, 0.39, 0.38, 0.37, 0.36, 0.35, 0.34, 0.33,
      0.3, 0.1,
    ];
    const { points, exact } = curveOf(scores, labels);
    expect(exact).toBe(true);
    // scikit-learn also keeps (0, 0.1) at 0.9, its first.
    expect(points.map(({ fpr }) => fpr)).toEqual([0, 0, 0.1, 0.1, 0.3, 0.3, 0.4, 0.4, 0.5, 0.5, 0.8, 0.8, 0.9, 0.9, 1]); // prettier-ignore
    expect(points.map(({ tpr }) => tpr)).toEqual([0, 0.2, 0.2, 0.5, 0.5, 0.6, 0.6, 0.7, 0.7, 0.8, 0.8, 0.9, 0.9, 1, 1]); // prettier-ignore
    expect(points.map(({ threshold }) => threshold)).toEqual([null, 0.8, 0.7, 0.54, 0.52, 0.51, 0.505, 0.4, 0.39, 0.38, 0.35, 0.34, 0.33, 0.3, 0.1]); // prettier-ignore
  });

  it('is null without rows of both classes', () => {
    expect(rocCurve(sortScores(Float64Array.of(0.5), [1]))).toBeNull();
    expect(rocCurve(sortScores(Float64Array.of(0.5), [0]))).toBeNull();
  });

  const rows = fc.array(fc.tuple(fc.constantFrom(0, 0.1, 0.25, 0.5, 0.7, 0.9, 1), fc.nat(1)), {
    minLength: 2,
    maxLength: 150,
  });

  it('has the area of the AUC, rises, and every point is what its threshold gives', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const [scores, labels] = [all.map(([score]) => score), all.map(([, label]) => label)];
        fc.pre(labels.includes(0) && labels.includes(1));
        const sorted = sortScores(Float64Array.from(scores), labels);
        const { points } = rocCurve(sorted)!;
        expect(area(points)).toBeCloseTo(aucOfSorted(sorted)!.auc, 12);
        const rate = (label: number, from: number) => {
          const of = all.filter((row) => row[1] === label);
          return of.filter(([score]) => score >= from).length / of.length;
        };
        for (const { threshold, fpr, tpr } of points)
          expect([fpr, tpr]).toEqual([0, 1].map((label) => rate(label, threshold ?? Infinity)));
        expect(points.at(-1)).toMatchObject({ fpr: 1, tpr: 1 });
      }),
    );
  });

  // Good, useless, very good, lying, and steps.
  it.each([
    [2_000, (score: number) => score],
    [2_000, () => 0.3],
    [60_000, (score: number) => (score > 0.97 ? 0.9 : 0.001)],
    [2_000, (score: number) => 1 - score],
    [2_000, (score: number) => (Math.floor(score * 10) % 2 === 0 ? 0.8 : 0.2)],
    [60_000, (score: number) => score ** 3],
  ])('of %i rows has 200 points at the most, and misses its hull by a thousandth', (n, chance) => {
    const random = seededRandom(`roc/${n}`);
    const scores = Array.from({ length: n }, () => random());
    const labels = scores.map((score) => (random() < chance(score) ? 1 : 0));
    const thinned = curveOf(scores, labels);
    expect(thinned.exact).toBe(false);
    expect(thinned.points.length).toBeLessThanOrEqual(200);
    expect(thinned.points.length).toBeGreaterThan(60);
    const whole = curveOf(scores, labels, { most: Infinity });
    expect(whole.exact).toBe(true);
    const all = new Set(curveOf(scores, labels, { most: Infinity }).points.map((p) => `${p.fpr} ${p.tpr}`));
    expect(all.size).toBeGreaterThan(200);
    const [exactHull, ours] = [hull(whole.points), hull(thinned.points)];
    for (const point of exactHull) expect(distance(point, ours)).toBeLessThanOrEqual(HULL_TOLERANCE + 1e-12);
    // What lies between two points is near them.
    for (const point of whole.points.filter((_, i) => i % 17 === 0))
      expect(distance(point, thinned.points)).toBeLessThan(0.02);
  });

  it('keeps points so many rows apart as it is told', () => {
    const random = seededRandom('apart');
    const scores = Array.from({ length: 500 }, () => random());
    const labels = scores.map((score) => (random() < score ? 1 : 0));
    const positives = labels.filter((label) => label === 1).length;
    const { points } = curveOf(scores, labels, { rowsApart: 20 });
    const counts = points.map(({ fpr, tpr }) => Math.round(fpr * (500 - positives) + tpr * positives));
    for (const [i, count] of counts.slice(1).entries()) expect(count - counts[i]!).toBeGreaterThanOrEqual(20);
    expect(counts.at(-1)).toBe(500);
    expect(points.length).toBeGreaterThan(5);
    // Too few rows for any point between.
    expect(curveOf([0.1, 0.2, 0.3], [0, 1, 1], { rowsApart: 20 }).points).toHaveLength(2);
  });
});
