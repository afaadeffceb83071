/** One label: a rater's word on an item; repeated ones count each. All are places, from 0. */
export interface Label {
  item: number;
  rater: number;
  label: number;
}

export interface DawidSkeneTerms {
  /** Pseudo-labels added to each cell of a rater's confusion and to each class: a Dirichlet(1 + smoothing) prior. */
  smoothing?: number;
  /** Ends when no class share and no confusion moved by more. */
  tolerance?: number;
  maxIterations?: number;
}

export interface DawidSkene {
  /** posterior[item][k]: the probability that class k is the true one. */
  posterior: number[][];
  /** Shares of the classes. */
  classes: number[];
  /** confusion[rater][k][l]: the probability of saying l where k is true. A class that a rater never met is spread evenly, or 0 without smoothing. */
  confusion: number[][][];
  /** ln P(labels), after each round; with smoothing `objective` is what never falls. */
  logLikelihood: number;
  /** The penalised log-likelihood of each round: it never falls. */
  objective: number[];
  converged: boolean;
}

/**
 * True classes from labels of raters with errors of their own, by EM in log space from the shares of votes. Items without labels get
 * the classes' shares. Throws RangeError without labels. Dawid and Skene 1979.
 */
export function dawidSkene(
  labels: readonly Label[],
  size: { items: number; raters: number; classes: number },
  { smoothing = 0.01, tolerance = 1e-5, maxIterations = 2_000 }: DawidSkeneTerms = {},
): DawidSkene {
  if (labels.length === 0) throw new RangeError('Dawid-Skene needs labels, found none');
  for (const { item, rater, label } of labels) {
    if (!(within(item, size.items) && within(rater, size.raters) && within(label, size.classes)))
      throw new RangeError(`label ${label} of rater ${rater} on item ${item} lies outside the given size`);
  }
  let posterior = voteShares(labels, size);
  let { classes, confusion } = maximise(labels, posterior, size, smoothing);
  const objective: number[] = [];
  for (let round = 0; ; round++) {
    const expected = expect(labels, classes, confusion, size);
    posterior = expected.posterior;
    objective.push(expected.logLikelihood + smoothing * logPrior(classes, confusion, smoothing));
    const next = maximise(labels, posterior, size, smoothing);
    const moved = Math.max(
      largestMove(classes, next.classes),
      ...confusion.map((one, r) => largestMove(one.flat(), next.confusion[r]!.flat())),
    );
    const converged = moved < tolerance;
    if (converged || round + 1 >= maxIterations)
      return { posterior, classes, confusion, logLikelihood: expected.logLikelihood, objective, converged };
    ({ classes, confusion } = next);
  }
}

function within(value: number, end: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < end;
}

function zeros(rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
}

function voteShares(labels: readonly Label[], size: { items: number; classes: number }): number[][] {
  const votes = zeros(size.items, size.classes);
  for (const { item, label } of labels) votes[item]![label]!++;
  return votes.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total === 0 ? 1 / size.classes : count / total));
  });
}

/** Shares and confusions from the posterior: both maximise the penalised likelihood. */
function maximise(
  labels: readonly Label[],
  posterior: readonly number[][],
  size: { items: number; raters: number; classes: number },
  smoothing: number,
): { classes: number[]; confusion: number[][][] } {
  const shares = new Array<number>(size.classes).fill(0);
  for (const row of posterior) row.forEach((p, k) => (shares[k]! += p));
  const counts = Array.from({ length: size.raters }, () => zeros(size.classes, size.classes));
  for (const { item, rater, label } of labels)
    posterior[item]!.forEach((p, k) => (counts[rater]![k]![label]! += p));
  return {
    classes: normalised(shares, smoothing),
    confusion: counts.map((rows) => rows.map((row) => normalised(row, smoothing))),
  };
}

function normalised(row: readonly number[], smoothing: number): number[] {
  const total = row.reduce((sum, value) => sum + value, 0) + smoothing * row.length;
  return row.map((value) => (total === 0 ? 0 : (value + smoothing) / total));
}

function expect(
  labels: readonly Label[],
  classes: readonly number[],
  confusion: readonly number[][][],
  size: { items: number; classes: number },
): { posterior: number[][]; logLikelihood: number } {
  const logClasses = classes.map(Math.log);
  const logConfusion = confusion.map((rows) => rows.map((row) => row.map(Math.log)));
  const joint = Array.from({ length: size.items }, () => [...logClasses]);
  for (const { item, rater, label } of labels) {
    const row = joint[item]!;
    for (let k = 0; k < size.classes; k++) row[k]! += logConfusion[rater]![k]![label]!;
  }
  let logLikelihood = 0;
  const posterior = joint.map((row) => {
    const most = Math.max(...row);
    const total = most + Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0));
    logLikelihood += total;
    return row.map((value) => Math.exp(value - total));
  });
  return { posterior, logLikelihood };
}

/** The sum of all logarithms that the smoothing weighs. */
function logPrior(classes: readonly number[], confusion: readonly number[][][], smoothing: number): number {
  if (smoothing === 0) return 0;
  return [...classes, ...confusion.flat(2)].reduce((sum, p) => sum + Math.log(p), 0);
}

function largestMove(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
