import { buildSplitEvidence, type SplitEvidence } from '../../../src/domain/metrics/index.js';
import type { Random } from '../../../src/domain/statistics/index.js';

/** One kind of row: how often it occurs, its label (1: positive), what the model says, and how surely. */
export interface RowKind {
  weight: number;
  label: 0 | 1;
  prediction: 0 | 1;
  score: number;
  /** Index of its group; 0 where there are none. */
  cell?: number;
}

/**
 * A population of finitely many kinds of rows: every metric of a model on it is known exactly, and a holdout is a draw of rows
 * from it.
 */
export class Population<Kind extends RowKind = RowKind> {
  readonly kinds: readonly (Kind & { weight: number })[];
  private readonly cumulative: Float64Array;

  constructor(
    kinds: readonly Kind[],
    readonly cells: readonly { attributes: Record<string, string> }[] = [],
  ) {
    const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
    this.kinds = kinds
      .filter(({ weight }) => weight > 0)
      .map((kind) => ({ ...kind, weight: kind.weight / total }));
    let sum = 0;
    this.cumulative = Float64Array.from(this.kinds, ({ weight }) => (sum += weight));
  }

  /** The kinds of n rows, drawn independently. */
  draw(random: Random, n: number): Uint16Array {
    const drawn = new Uint16Array(n);
    const { cumulative } = this;
    const last = cumulative.length - 1;
    for (let i = 0; i < n; i++) {
      const u = random();
      let [low, high] = [0, last];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (cumulative[middle]! <= u) low = middle + 1;
        else high = middle;
      }
      drawn[i] = low;
    }
    return drawn;
  }

  /** A column of the drawn rows. */
  column(drawn: Uint16Array, of: (kind: Kind) => number): Float64Array {
    const values = Float64Array.from(this.kinds, of);
    return Float64Array.from(drawn, (kind) => values[kind]!);
  }

  /** The evidence of the drawn rows, made as an evaluation makes it. */
  evidence(drawn: Uint16Array, scored = true): SplitEvidence {
    return buildSplitEvidence({
      labels: this.column(drawn, ({ label }) => label),
      predictions: this.column(drawn, ({ prediction }) => prediction),
      ...(scored ? { scores: this.column(drawn, ({ score }) => score) } : {}),
      ...(this.cells.length > 0
        ? { cellOf: this.column(drawn, ({ cell = 0 }) => cell), cells: [...this.cells] }
        : {}),
      classes: ['no', 'yes'],
      positive: 'yes',
    });
  }

  /** The share of the rows that `is` says yes to. */
  share(is: (kind: Kind) => boolean): number {
    return this.mean((kind) => (is(kind) ? 1 : 0));
  }

  mean(of: (kind: Kind) => number): number {
    return this.kinds.reduce((sum, kind) => sum + kind.weight * of(kind), 0);
  }

  /** The share of `is` among the rows that are `among`. */
  rate(is: (kind: Kind) => boolean, among: (kind: Kind) => boolean): number {
    return this.share((kind) => is(kind) && among(kind)) / this.share(among);
  }

  /** The exact AUC of a score. */
  auc(score: (kind: Kind) => number = (kind) => kind.score): number {
    const positives = this.kinds.filter(({ label }) => label === 1);
    const negatives = this.kinds.filter(({ label }) => label === 0);
    let [above, pairs] = [0, 0];
    for (const yes of positives)
      for (const no of negatives) {
        const weight = yes.weight * no.weight;
        const [a, b] = [score(yes), score(no)];
        pairs += weight;
        above += a > b ? weight : a === b ? weight / 2 : 0;
      }
    return above / pairs;
  }

  /** The exact expected calibration error over `bins` equal bins (lo, hi]. */
  ece(bins = 15): number {
    const gaps = new Float64Array(bins);
    for (const { weight, score, label } of this.kinds)
      gaps[Math.max(0, Math.ceil(score * bins) - 1)]! += weight * (score - label);
    return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0);
  }
}
