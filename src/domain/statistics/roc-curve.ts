import type { SortedScores } from './auc.js';

/** A point of a ROC curve: what is called positive from `threshold` on. */
export interface RocPoint {
  /** A score that occurs; null at the origin, where nothing is called positive. */
  threshold: number | null;
  /** Share of the negatives with at least that score. */
  fpr: number;
  /** Share of the positives with at least that score. */
  tpr: number;
}

export interface RocCurve {
  /** From (0, 0) to (1, 1), by falling threshold. */
  points: RocPoint[];
  /** Every corner of the curve is among the points; otherwise it was thinned. */
  exact: boolean;
}

export interface RocOptions {
  /** Points at the most, 100 or more. */
  most?: number;
  /** Rows that lie between a point and the next at the least, but for the end; 1: no limit. Then the hull may be missed by more. */
  rowsApart?: number;
}

/** How far the hull of a thinned curve may lie from that of all rows. */
export const HULL_TOLERANCE = 1e-3;

/** Counts of rows with at least the threshold. */
interface Corner {
  threshold: number | null;
  fp: number;
  tp: number;
}

/**
 * The ROC curve of scores, which are ascending; null without rows of both classes. Corners where the curve goes straight on are left
 * out (Fawcett 2006, as scikit-learn's `drop_intermediate`). With more corners than `most` it is thinned: to the corners of the convex hull
 * within HULL_TOLERANCE of it (Euclidean, in the unit square), and to others evenly along the curve. O(n).
 */
export function rocCurve(
  scores: SortedScores,
  { most = 200, rowsApart = 1 }: RocOptions = {},
): RocCurve | null {
  const [positives, negatives] = [scores.positives.length, scores.negatives.length];
  if (positives === 0 || negatives === 0) return null;
  const rate = ({ threshold, fp, tp }: Corner): RocPoint => ({
    threshold,
    fpr: fp / negatives,
    tpr: tp / positives,
  });
  const all = cornersOf(scores, most);
  if (all && rowsApart <= 1) return { points: all.map(rate), exact: true };
  const hull = simplify(hullOf(scores), positives, negatives);
  // The hull's corners take some of the room; the rest is for the curve.
  const evenly = evenlyAlong(scores, Math.max(1, most - hull.length));
  const union = [...new Map([...hull, ...evenly].map((corner) => [corner.fp + corner.tp, corner])).values()];
  const ordered = union.sort((a, b) => a.fp + a.tp - (b.fp + b.tp));
  return { points: spread(ordered, rowsApart).map(rate), exact: false };
}

/** All corners, by falling threshold, after the origin. */
function* walk({ positives, negatives }: SortedScores): Generator<Corner> {
  let p = positives.length - 1;
  let n = negatives.length - 1;
  while (p >= 0 || n >= 0) {
    const threshold = Math.max(p >= 0 ? positives[p]! : -Infinity, n >= 0 ? negatives[n]! : -Infinity);
    while (p >= 0 && positives[p] === threshold) p--;
    while (n >= 0 && negatives[n] === threshold) n--;
    yield { threshold, tp: positives.length - 1 - p, fp: negatives.length - 1 - n };
  }
}

const ORIGIN: Corner = { threshold: null, fp: 0, tp: 0 };

/** Twice the area to the left of the way a -> b -> c: 0 where it goes straight on, positive where it turns left. */
const turn = (a: Corner, b: Corner, c: Corner): number =>
  (b.fp - a.fp) * (c.tp - a.tp) - (b.tp - a.tp) * (c.fp - a.fp);

/** The corners at which the curve turns; null as soon as there are more than `most`. */
function cornersOf(scores: SortedScores, most: number): Corner[] | null {
  const corners = [ORIGIN];
  for (const corner of walk(scores)) {
    const [a, b] = corners.slice(-2);
    if (a && b && turn(a, b, corner) === 0) corners.pop();
    corners.push(corner);
    if (corners.length > most) return null;
  }
  return corners;
}

/** The corners of the upper convex hull (Andrew's monotone chain). */
function hullOf(scores: SortedScores): Corner[] {
  const hull = [ORIGIN];
  for (const corner of walk(scores)) {
    while (hull.length > 1 && turn(hull[hull.length - 2]!, hull[hull.length - 1]!, corner) >= 0) hull.pop();
    hull.push(corner);
  }
  return hull;
}

/** As few corners of a hull as stay within HULL_TOLERANCE of it: from each, the farthest that does. */
function simplify(hull: readonly Corner[], positives: number, negatives: number): Corner[] {
  const far = (a: Corner, b: Corner, c: Corner): number => {
    const [x, y] = [(c.fp - a.fp) / negatives, (c.tp - a.tp) / positives];
    return Math.abs(turn(a, b, c)) / (positives * negatives) / Math.hypot(x, y);
  };
  const kept = [hull[0]!];
  for (let from = 0; from < hull.length - 1;) {
    let to = from + 1;
    while (
      to + 1 < hull.length &&
      hull
        .slice(from + 1, to + 1)
        .every((between) => far(hull[from]!, between, hull[to + 1]!) <= HULL_TOLERANCE)
    )
      to++;
    kept.push(hull[to]!);
    from = to;
  }
  return kept;
}

/** At most `count` corners, none of which is farther along the curve from the one before than it must be. */
function evenlyAlong(scores: SortedScores, count: number): Corner[] {
  const step = 2 / count;
  const along = ({ fp, tp }: Corner) => fp / scores.negatives.length + tp / scores.positives.length;
  const kept: Corner[] = [];
  let next = step;
  for (const corner of walk(scores)) {
    if (along(corner) < next) continue;
    kept.push(corner);
    next = Math.max(next, along(corner)) + step;
  }
  return kept;
}

/** Those corners that are so many rows apart, and the last. */
function spread(ordered: readonly Corner[], rowsApart: number): Corner[] {
  const last = ordered.at(-1)!;
  const rows = ({ fp, tp }: Corner) => fp + tp;
  const kept = [ordered[0]!];
  for (const corner of ordered.slice(1, -1))
    if (rows(corner) - rows(kept.at(-1)!) >= rowsApart && rows(last) - rows(corner) >= rowsApart)
      kept.push(corner);
  return [...kept, last];
}
