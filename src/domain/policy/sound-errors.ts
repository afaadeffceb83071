import { LARGEST_NUMBER, type RegressionEvidence, type SplitEvidence } from '../metrics/index.js';
import type { PairedError } from './gate-evidence.js';

type Check = (holds: boolean, what: string) => void;

/** Sums of doubles: equal but for their rounding. */
const SLACK = 1e-9;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isAmount = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
const alike = (a: number, b: number): boolean =>
  Math.abs(a - b) <= SLACK * Math.max(Math.abs(a), Math.abs(b));

/** What `checkSplitEvidence` asks of a split of numbers: errors that belong to its rows and to one another. */
export function checkErrors(evidence: SplitEvidence, regression: RegressionEvidence, check: Check): void {
  const { n, classes, positive, confusion, auc, losses, ece, groups } = evidence;
  const { quantile, tooLarge, errors } = regression;
  check(
    [classes, confusion, groups].every((list) => Array.isArray(list) && list.length === 0) &&
      [positive, auc, losses, ece, evidence.averagePrecision ?? null].every((part) => part === null),
    'has numbers of classes beside those of a regression',
  );
  check(quantile > 0 && quantile < 1, 'has a quantile loss of no level');
  check(isCount(tooLarge) && tooLarge <= n, 'counts numbers that are too large beyond its rows');
  check((errors === null) === (n === 0 || tooLarge > 0), 'has no errors for its rows');
  if (errors === null) return;
  const { signed, absolute, squared, quantile: loss, label, unexplained } = errors;
  for (const { n: rows, mean, variance } of [signed, absolute, squared, loss, label])
    check(
      rows === n && Number.isFinite(mean) && isAmount(variance) && (n > 1 || variance === 0),
      `has errors that are not those of ${n} rows`,
    );
  check(
    [absolute, squared, loss].every(({ mean }) => mean >= 0) && Math.abs(label.mean) <= LARGEST_NUMBER,
    'has errors that are none',
  );
  // Mean of squares: square of the mean, and the variance with divisor n.
  const squareOf = ({ mean, variance }: typeof signed) => mean * mean + (variance * (n - 1)) / n;
  check(
    alike(squareOf(absolute), squared.mean) && alike(squareOf(signed), squared.mean),
    'has errors that do not belong together',
  );
  const least = Math.min(quantile, 1 - quantile) * absolute.mean;
  const most = Math.max(quantile, 1 - quantile) * absolute.mean;
  check(
    loss.mean >= least * (1 - SLACK) && loss.mean <= most * (1 + SLACK),
    'has a quantile loss that is not that of its errors',
  );
  check((unexplained === null) === (label.variance === 0), 'has an R2 of other labels');
  if (unexplained === null) return;
  const { share, relativeSe } = unexplained;
  check(
    isAmount(share) && isAmount(relativeSe) && alike(share * label.variance * (n - 1), squared.mean * n),
    'has an R2 that is not that of its errors',
  );
}

/** Whether differences of errors are of these rows, and of the errors in the evidence. */
export function isPairedError(
  { n, difference, candidate, baseline }: PairedError,
  { regression }: SplitEvidence,
): boolean {
  const own = regression?.errors?.absolute.mean;
  const scale = Math.max(candidate, baseline);
  return (
    difference.n === n &&
    Number.isFinite(difference.mean) &&
    isAmount(difference.variance) &&
    [candidate, baseline].every(isAmount) &&
    Math.abs(candidate - baseline - difference.mean) <= SLACK * scale &&
    own !== undefined &&
    Math.abs(own - candidate) <= SLACK * scale
  );
}
