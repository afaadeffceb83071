import { binomialUpperTail } from './binomial.js';
import { clopperPearson } from './clopper-pearson.js';
import { expectationOver, likelyCounts } from './likely-counts.js';
import { tangoLower, tangoZ } from './tango.js';
import { boundaryFrom, NUISANCE_POINTS, NUISANCE_SHARE, ORDER_LEVEL, ORDER_Z } from './unconditional.js';

/**
 * The valid p-value, at any number of pairs, against "the difference of two paired proportions is at most D", -1 < D < 1: the largest chance,
 * over the shares of discordant pairs that the observed ones leave open, of a lower bound (Tango 1998) as large as the observed one. Exact
 * unconditional, the nuisance parameter confined (Berger and Boos 1994), as `differenceUnconditionalP`. Of n pairs, in b only the first
 * is right, in c only the second.
 */
export function pairedUnconditionalP(b: number, c: number, n: number, D: number, alpha: number): number {
  const gamma = alpha * NUISANCE_SHARE;
  const bound = tangoLower(b, c, n, ORDER_LEVEL);
  if (bound <= -1) return 1;
  const { low, high } = clopperPearson(b + c, n, 1 - gamma);
  // Discordant pairs are a share of at least |D|.
  const [from, to] = [Math.max(Math.abs(D), low), Math.max(Math.abs(D), high)];
  const known = new Map<number, number>();
  let guess = b;
  const leastB = (only: number): number => {
    const found = known.get(only);
    if (found !== undefined) return found;
    guess = boundaryFrom(guess, n - only + 1, (first) => tangoZ(first, only, n, bound) >= ORDER_Z);
    known.set(only, guess);
    return guess;
  };
  let worst = 0;
  for (let i = 0; i <= NUISANCE_POINTS; i++) {
    const discordant = from + ((to - from) * i) / NUISANCE_POINTS;
    const [first, second] = [(discordant + D) / 2, (discordant - D) / 2];
    const others = second >= 1 ? 0 : Math.min(1, Math.max(0, first / (1 - second)));
    const chance = expectationOver(likelyCounts(n, second), (only) =>
      binomialUpperTail(leastB(only), n - only, others),
    );
    worst = Math.max(worst, chance);
  }
  return Math.min(1, worst + gamma);
}
