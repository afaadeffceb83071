import type { Draw } from '../splitting/index.js';

/** A row that was offered: its number among all that were, from 1, and its rank in [0, 1). */
export interface Place {
  ordinal: number;
  rank: number;
}

/** Who comes in and who goes out, by ordinals. */
export interface Admission {
  entering: number[];
  leaving: number[];
}

/** The rank of a row: of its number alone, so that no batch and no content of a row changes it. `no`: which sample it is offered for. */
export const rankOf = (draw: Draw, no: number, ordinal: number): number => draw.of(`live/${no}/${ordinal}`);

/**
 * The sample of capacity k is those k rows of lowest rank among all that were offered. As ranks are uniform and independent, it is a
 * simple random sample without replacement, the same one however rows come in batches (Cochran 1977, section 2; bottom-k sampling, Cohen and
 * Kaplan 2007). `highest`: of the `held` rows those of highest rank, at least as many as are offered, or all.
 *
 * A row that lost its content keeps its place: what is left is a simple random sample of all rows that were not erased. Were the place given
 * away, rows that come after an erasure would stand in the sample more often than those before.
 */
export function admit(
  held: number,
  highest: readonly Place[],
  offered: readonly Place[],
  capacity: number,
): Admission {
  if (held > capacity || highest.length < Math.min(held, offered.length))
    throw new RangeError(`${highest.length} of ${held} rows do not say who leaves a sample of ${capacity}`);
  const isHeld = new Set(highest.map(({ ordinal }) => ordinal));
  const surplus = Math.max(held + offered.length - capacity, 0);
  const out = [...highest, ...offered]
    .sort(byRank)
    .reverse()
    .slice(0, surplus)
    .map(({ ordinal }) => ordinal);
  const gone = new Set(out);
  return {
    entering: offered.map(({ ordinal }) => ordinal).filter((ordinal) => !gone.has(ordinal)),
    leaving: out.filter((ordinal) => isHeld.has(ordinal)),
  };
}

/** Of equal ranks the earlier row comes first. */
const byRank = (a: Place, b: Place): number => a.rank - b.rank || a.ordinal - b.ordinal;
