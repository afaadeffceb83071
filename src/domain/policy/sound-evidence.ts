import type { EceStatistic } from '../statistics/index.js';
import { LOG_LOSS_MAX, type SplitEvidence } from '../metrics/index.js';
import { checkClusters } from './sound-clusters.js';
import type { PairedStatistic, SplitFacts } from './gate-evidence.js';
import { checkErrors, isPairedError } from './sound-errors.js';

/**
 * Throws RangeError for evidence that no evaluation of `rows` rows can have produced: rows or groups left out, counts that do not
 * add up, numbers that are none. The rule that reads it ends in ERROR.
 */
export function checkSplitEvidence(name: string, evidence: SplitEvidence, rows: number): void {
  const check = (holds: boolean, what: string) => {
    if (!holds) throw new RangeError(`the evidence on ${name} ${what}`);
  };
  const { n, classes, positive, confusion, auc, averagePrecision, losses, ece, groups } = evidence;
  check(isCount(n) && n === rows, `counts ${String(n)} rows, and the dataset version has ${rows}`);
  if (evidence.regression !== undefined) {
    checkErrors(evidence, evidence.regression, check);
    return;
  }
  check(
    Array.isArray(classes) && classes.length > 0 && new Set(classes).size === classes.length,
    'has no list of different classes',
  );
  check(
    confusion.length === classes.length && confusion.every((row) => row.length === classes.length),
    'has no count for each label and prediction',
  );
  const counts = confusion.flat();
  check(counts.every(isCount) && total(counts) === n, `has counts that are not those of ${n} rows`);
  check(
    positive === null || (classes.length === 2 && positive === classes[1]),
    'has a positive class that is not the second of two',
  );
  const [negatives, positives] = confusion.map(total);
  if (auc !== null) {
    check(positive !== null, 'has an AUC without a positive class');
    const alone = Math.min(auc.positives, auc.negatives) < 2;
    check(isShare(auc.auc) && (alone ? auc.se === null : isAmount(auc.se)), 'has an AUC that is none');
    check(
      auc.positives === positives && auc.negatives === negatives,
      'has an AUC of other rows than those counted',
    );
  }
  if (averagePrecision)
    check(
      isShare(averagePrecision.value) &&
        averagePrecision.positives === positives &&
        averagePrecision.negatives === negatives,
      'has an average precision that is not of its rows',
    );
  if (losses !== null) {
    for (const { n: lossRows, mean, variance } of [losses.logLoss, losses.brier])
      check(
        lossRows === n && isAmount(mean) && mean <= LOG_LOSS_MAX + 1e-9 && isAmount(variance),
        `has losses that are not those of ${n} rows`,
      );
    check(losses.brier.mean <= 2, 'has a Brier score above 2');
  }
  if (ece !== null) check(isReliabilityTable(ece, n), `has a reliability table that is not of ${n} rows`);
  checkGroups(evidence, check);
  checkClusters(evidence, check);
  check(Array.isArray(groups), 'has no list of groups');
}

function checkGroups(
  { groups, positive, confusion }: SplitEvidence,
  check: (holds: boolean, what: string) => void,
): void {
  const [first] = groups;
  if (!first) return;
  check(positive !== null, 'has groups without a positive class');
  check(
    // Half of a group without its name would be a group of its own, perhaps one too small to count.
    groups.every(({ attributes }) => Object.values(attributes).every((value) => typeof value === 'string')),
    'has groups without a name',
  );
  const names = Object.keys(first.attributes).sort().join();
  const values = groups.map(({ attributes }) =>
    JSON.stringify(
      Object.keys(attributes)
        .sort()
        .map((name) => attributes[name]),
    ),
  );
  check(
    groups.every(({ attributes }) => Object.keys(attributes).sort().join() === names) &&
      new Set(values).size === groups.length,
    'has groups that are not told apart by the same attributes',
  );
  check(
    groups.every(({ tp, fp, fn, tn }) => [tp, fp, fn, tn].every(isCount)),
    'has groups with counts that are none',
  );
  const [[tn, fp], [fn, tp]] = confusion as [[number, number], [number, number]];
  const all = { tp, fp, fn, tn };
  for (const cell of ['tp', 'fp', 'fn', 'tn'] as const)
    check(
      total(groups.map((group) => group[cell])) === all[cell],
      'has groups that are not those of its rows',
    );
}

/** Throws RangeError for splits that no dataset version can have. */
export function checkSplits(splits: readonly SplitFacts[]): void {
  const names = new Set(splits.map(({ name }) => name));
  const known = splits.every(
    ({ name, role, domain, sealed, rows }) =>
      typeof name === 'string' &&
      typeof role === 'string' &&
      typeof sealed === 'boolean' &&
      isCount(rows) &&
      // Two splits of one domain would count as two domains if one of them did not say so.
      (role !== 'cross_domain' || (typeof domain === 'string' && domain !== '')),
  );
  if (!known || names.size !== splits.length)
    throw new RangeError(
      'the dataset version has splits without a name of their own, a role, a domain or a number of rows',
    );
}

/** Throws RangeError for a comparison that is not of the rows of this evidence. */
export function checkPaired(name: string, paired: PairedStatistic, evidence: SplitEvidence): void {
  const { n, confusion } = evidence;
  const refuse = (what: string) => new RangeError(`the comparison on ${name} ${what}`);
  if (paired.n !== n) throw refuse(`counts ${String(paired.n)} rows, and the evidence ${n}`);
  if ((paired.metric === 'mae') !== (evidence.regression !== undefined))
    throw refuse('is of another task than the evidence');
  if (paired.metric === 'mae') {
    if (!isPairedError(paired, evidence)) throw refuse('is of other errors than the evidence');
    return;
  }
  if (paired.metric === 'accuracy') {
    const { onlyCandidate, onlyBaseline, candidate, baseline } = paired;
    const difference = (onlyCandidate - onlyBaseline) / n;
    if (
      !(isCount(onlyCandidate) && isCount(onlyBaseline) && onlyCandidate + onlyBaseline <= n) ||
      !(isShare(candidate) && isShare(baseline)) ||
      Math.abs(candidate - baseline - difference) > 1e-9
    )
      throw refuse(`has counts that are not those of ${n} rows`);
    return;
  }
  const { aucA, aucB, seA, seB, seDiff, positives, negatives } = paired.auc;
  const [labelledNegative, labelledPositive] = confusion.map(total);
  if (
    ![aucA, aucB].every(isShare) ||
    ![seA, seB, seDiff].every(isAmount) ||
    positives !== labelledPositive ||
    negatives !== labelledNegative
  )
    throw refuse('is of other rows than the evidence');
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isAmount = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
const isShare = (value: unknown): value is number => isAmount(value) && value <= 1;
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Sums of doubles: equal but for their rounding. */
const SLACK = 1e-6;

function isReliabilityTable({ bins }: EceStatistic, n: number): boolean {
  return (
    total(bins.map((bin) => bin.n)) === n &&
    bins.every(
      ({ n: rows, sumConf, sumY, sumR, sumR2, sumConfVar }) =>
        [rows, sumY].every(isCount) &&
        [sumConf, sumR2, sumConfVar].every((sum) => isAmount(sum) && sum <= rows + SLACK) &&
        sumY <= rows &&
        Math.abs(sumConf - sumY - sumR) <= SLACK * Math.max(1, rows),
    )
  );
}
