import {
  normalCdf,
  normalQuantile,
  pairedAucBound,
  pairedAucIsSmallSample,
  pairedAucZ,
  pairedUnconditionalP,
  requiredNPaired,
  requiredNScore,
  tangoLower,
  tangoUpper,
  tangoZ,
} from '../../statistics/index.js';
import type { Atom } from '../atom.js';
import type { PairedStatistic } from '../gate-evidence.js';
import { count, number, percent } from '../phrase.js';
import type { DecisionTerms } from '../rule-type.js';

export type PairedClasses = Exclude<PairedStatistic, { metric: 'mae' }>;

export interface PairedAtom {
  atom: Atom;
  smallSample: boolean;
}

/** Below this many discordant pairs the score may be off by any factor. */
const FEW = 10;
/** Of alpha: a score this much below it, with discordant pairs enough, is below it in truth. */
const CLEAR = 1 / 20;
/** From this many discordant pairs on the score is off by a twentieth of its level at most, ... */
const MANY = 1000;
const CLEAR_OF_MANY = 9 / 10;
/** ... and from this many on by a thousandth. */
const COUNTLESS = 10_000;

/** Whether accuracies clear by the score alone and not by an exact test: the score passes up to 7 % where few pairs are discordant. */
function isDoubtful(paired: PairedClasses, z: number, margin: number, alpha: number): boolean {
  if (paired.metric !== 'accuracy') return false;
  const { n, onlyCandidate: b, onlyBaseline: c } = paired;
  const discordant = b + c;
  const clear = discordant < FEW ? 0 : discordant < MANY ? CLEAR : discordant < COUNTLESS ? CLEAR_OF_MANY : 1;
  return normalCdf(-z) > alpha * clear && pairedUnconditionalP(b, c, n, -margin, alpha) > alpha;
}

/** Of alpha: what a nuisance parameter outside its interval adds to the p-value of FAIL, which Holm reads at small fractions of alpha. */
const FAIL_SHARE = 1e-3;

/** The p-value of FAIL: the worse of the score's and of the exact test's. The score alone fails up to 7 % where few pairs are discordant. */
function pFailOf(paired: PairedClasses, z: number, margin: number, alpha: number): number {
  const byScore = normalCdf(z);
  if (paired.metric !== 'accuracy' || byScore > alpha) return byScore;
  const { n, onlyCandidate: b, onlyBaseline: c } = paired;
  return b + c >= COUNTLESS
    ? byScore
    : Math.max(byScore, pairedUnconditionalP(c, b, n, margin, alpha * FAIL_SHARE));
}

/** D = candidate - baseline is at least -margin. Accuracy by Tango's score, AUC by paired DeLong. */
export function pairedAtom(
  paired: PairedClasses,
  slice: Atom['slice'],
  margin: number,
  { alpha }: DecisionTerms,
): PairedAtom {
  const z =
    paired.metric === 'auc'
      ? pairedAucZ(paired.auc, -margin)
      : tangoZ(paired.onlyCandidate, paired.onlyBaseline, paired.n, -margin);
  const clears = z >= -normalQuantile(alpha) && !isDoubtful(paired, z, margin, alpha);
  const shared = {
    slice,
    comparison: 'atLeast',
    threshold: -margin,
    n: paired.n,
    clears,
    pFail: pFailOf(paired, z, margin, alpha),
    undefinedBecause: null,
    certain: false,
  } as const;
  if (paired.metric === 'auc') {
    const { auc, n } = paired;
    const bound = pairedAucBound(auc, alpha);
    const observed = auc.aucA - auc.aucB;
    return {
      smallSample: pairedAucIsSmallSample(auc),
      atom: {
        ...shared,
        observed,
        interval: [bound.lower, bound.upper],
        neededN: clears
          ? null
          : requiredNScore(
              observed,
              n * auc.seDiff ** 2,
              n / Math.min(auc.positives, auc.negatives),
              -margin,
              alpha,
            ),
        detail: `${number(auc.aucA)} against ${number(auc.aucB)}, ${count(n)} rows`,
      },
    };
  }
  const { n, onlyCandidate: b, onlyBaseline: c, candidate, baseline } = paired;
  const observed = (b - c) / n;
  return {
    smallSample: false,
    atom: {
      ...shared,
      observed,
      interval: [tangoLower(b, c, n, alpha), tangoUpper(b, c, n, alpha)],
      neededN: clears ? null : requiredNPaired((b + c) / n, observed, margin, alpha),
      detail: `${percent(candidate)} against ${percent(baseline)}, ${count(n)} rows, ${count(b)} right only by the candidate and ${count(c)} only by the baseline`,
    },
  };
}
