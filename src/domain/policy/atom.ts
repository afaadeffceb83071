import type { EvidenceReference } from './gate-evidence.js';
import type { Hold } from './hold.js';

/** Which rows a number is about: split, domain, groups. */
export type Slice = Record<string, unknown>;

export type Comparison = 'atLeast' | 'atMost';

/**
 * One elementary hypothesis: "this quantity is at least (at most) this threshold". A rule passes when all of its atoms
 * clear at alpha; it fails when one of them is rejected after Holm's correction over all atoms of the decision.
 */
export interface Atom {
  slice: Slice;
  comparison: Comparison;
  threshold: number;
  observed: number | null;
  /** One-sided 1 - alpha bounds on either side: a two-sided interval of level 1 - 2 alpha. */
  interval: [number, number] | null;
  n: number | null;
  /** The bound on the side of PASS clears the threshold at alpha. */
  clears: boolean;
  /** It clears at the policy's alpha, whatever earlier looks left of that; absent: as `clears`. */
  clearsAlone?: boolean;
  /** The p-value against "the requirement holds"; 1 where it cannot be computed. */
  pFail: number;
  /** Why the quantity has no value. Such an atom never clears, and keeps its place in Holm's count. */
  undefinedBecause: string | null;
  /** Known without error (a count) or decided by the estimate: takes no part in Holm's correction. */
  certain: boolean;
  /** Rows (or group members) at which the observed value would decide; null where no number would. */
  neededN: number | null;
  /** What was compared, with its counts, as the middle of a sentence. */
  detail: string;
}

/** An atom with Holm's adjusted p-value, and whether it is rejected. */
export interface DecidedAtom extends Atom {
  /** Null where it is no test. */
  adjustedP: number | null;
  rejected: boolean;
}

/** What a rule asks of the evidence, and what must be said about it. */
export interface Expansion {
  /** The subject of the sentence that explains the rule, e.g. `AUC on holdout`. */
  subject: string;
  atoms: Atom[];
  holds: Hold[];
  caveats: string[];
  references: EvidenceReference[];
  /** Shown as the rule's numbers in place of those of its worst atom. */
  summary?: { observed: number | null; ci: [number, number] | null; n: number | null; slice: Slice };
  /** What to do when the rule fails. */
  failRemedy: string;
  /** What a required number counts, e.g. `rows of holdout`. */
  unit: string;
}

/** An atom whose quantity has no value. */
export function undefinedAtom(
  slice: Slice,
  comparison: Comparison,
  threshold: number,
  reason: string,
  detail: string,
): Atom {
  return {
    slice,
    comparison,
    threshold,
    observed: null,
    interval: null,
    n: null,
    clears: false,
    pFail: 1,
    undefinedBecause: reason,
    certain: false,
    neededN: null,
    detail,
  };
}

/** The atom "at most `threshold` of `n` are so": a count, known without error. */
export function countAtom(
  slice: Slice,
  observed: number,
  n: number,
  threshold: number,
  detail: string,
): Atom {
  const clears = observed <= threshold;
  return {
    slice,
    comparison: 'atMost',
    threshold,
    observed,
    interval: null,
    n,
    clears,
    pFail: clears ? 1 : 0,
    undefinedBecause: null,
    certain: true,
    neededN: null,
    detail,
  };
}

/** The atom of a rule that lets the estimate decide: no test, so no place in Holm's count, and no guarantee. */
export function decidedOnPoint(atom: Atom): Atom {
  if (atom.observed === null) return atom;
  const met =
    atom.comparison === 'atLeast' ? atom.observed >= atom.threshold : atom.observed <= atom.threshold;
  // An estimate needs no bound.
  return { ...atom, clears: met, pFail: met ? 1 : 0, certain: true, undefinedBecause: null };
}
