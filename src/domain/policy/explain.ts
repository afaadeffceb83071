import type { Atom, DecidedAtom, Expansion } from './atom.js';
import { capital, count, errorLevel, level as levelText, listed, number, probability } from './phrase.js';
import type { Verdict } from './verdict.js';

/** How far a value is on the wrong side of its threshold; negative on the right side. */
function excess(atom: Atom): number {
  if (atom.observed === null) return 0;
  return atom.comparison === 'atLeast' ? atom.threshold - atom.observed : atom.observed - atom.threshold;
}

/** Rejected before undefined before undecided before cleared. */
function rank(atom: DecidedAtom): number {
  if (atom.rejected) return 0;
  if (atom.undefinedBecause !== null) return 1;
  return atom.clears ? 3 : 2;
}

/** The rejected by the strength of the evidence, the others by how far they are on the wrong side. */
export function worstFirst(atoms: readonly DecidedAtom[]): DecidedAtom[] {
  return [...atoms].sort(
    (a, b) => rank(a) - rank(b) || (a.rejected ? a.pFail - b.pFail : 0) || excess(b) - excess(a),
  );
}

/** The hypothesis whose numbers stand for the rule. */
export function decidingAtom(atoms: readonly DecidedAtom[]): DecidedAtom | undefined {
  return worstFirst(atoms)[0];
}

export interface Explained {
  expansion: Expansion;
  atoms: readonly DecidedAtom[];
  verdict: Verdict;
  summary: { observed: number | null; ci: [number, number] | null };
  level: number;
  alpha: number;
  /** One-sided level of PASS. */
  passAlpha: number;
  /** Hypotheses of the whole decision. */
  hypotheses: number;
}

/** A rule's result in words: what was seen, what was required, and what to do about it. */
export function explain(explained: Explained): { reason: string; remedy: string | null } {
  switch (explained.verdict) {
    case 'PASS':
      return { reason: passReason(explained), remedy: null };
    case 'FAIL':
      return { reason: failReason(explained), remedy: explained.expansion.failRemedy };
    default:
      return undecided(explained);
  }
}

function seen({ expansion, summary, level }: Explained): string {
  const subject = capital(expansion.subject);
  const { observed, ci } = summary;
  if (observed === null) return `${subject} has no value`;
  if (ci === null) return `${subject} is ${number(observed)}`;
  return `${subject} is between ${number(ci[0])} and ${number(ci[1])} (${levelText(level)} interval, observed ${number(observed)})`;
}

function required(atoms: readonly Atom[]): string {
  const requirements = new Set(
    atoms.map(
      ({ comparison, threshold }) =>
        `${comparison === 'atLeast' ? 'at least' : 'at most'} ${number(threshold)}`,
    ),
  );
  return `required: ${listed([...requirements])}`;
}

function details(atoms: readonly Atom[], most = 3): string {
  const told = [...new Set(atoms.map((atom) => atom.detail).filter((detail) => detail !== ''))];
  const more = told.length > most ? `; and ${told.length - most} more` : '';
  return told.length === 0 ? '' : ` — ${told.slice(0, most).join('; ')}${more}`;
}

function passReason(explained: Explained): string {
  const { atoms, passAlpha } = explained;
  const worst = worstFirst(atoms).slice(0, 1);
  const sure = atoms.every((atom) => atom.certain)
    ? ''
    : ` ${atoms.length === 1 ? 'Its bound clears' : `All ${count(atoms.length)} bounds clear`} at one-sided ${errorLevel(passAlpha)}.`;
  return `${seen(explained)}${details(worst)}; ${required(atoms)}.${sure}`;
}

function failReason(explained: Explained): string {
  const { atoms, hypotheses } = explained;
  const rejected = worstFirst(atoms).filter((atom) => atom.rejected);
  const worst = rejected[0];
  const tested =
    worst?.adjustedP === null || worst === undefined
      ? ''
      : ` If the requirement held, such data would come with probability ${probability(worst.adjustedP)} (Holm over ${count(hypotheses)} hypotheses).`;
  return `${seen(explained)}${details(rejected)}; ${required(rejected)}.${tested}`;
}

function undecided(explained: Explained): { reason: string; remedy: string } {
  const { expansion, atoms, alpha, passAlpha, hypotheses } = explained;
  const open = worstFirst(atoms).filter((atom) => !atom.clears);
  const measured = open.filter((atom) => atom.undefinedBecause === null);
  const reasons = [...new Set(expansion.holds.map((hold) => hold.reason))];
  const remedies = [...new Set(expansion.holds.map((hold) => hold.remedy))];
  const unknown = [...new Set(open.flatMap((atom) => atom.undefinedBecause ?? []))].filter(
    (reason) => !reasons.includes(reason),
  );
  reasons.push(...unknown);
  if (unknown.length > 0 && remedies.length === 0)
    remedies.push('Send what is missing (scores, rows, groups), evaluate again and repeat the check.');
  if (measured.length > 0) {
    const worst = measured[0] as DecidedAtom;
    const missed = worst.adjustedP !== null && worst.pFail <= alpha;
    const why = missed
      ? `it misses on its own (p ${probability(worst.pFail)}), but not among all ${count(hypotheses)} hypotheses of this decision (adjusted p ${probability(worst.adjustedP ?? 1)}, alpha ${number(alpha)})`
      : worst.clearsAlone === true
        ? `it clears at ${number(alpha)}, but not at ${errorLevel(passAlpha)}, the level that the looks at these sealed rows leave`
        : 'the threshold lies within what the data allow';
    const most = neededOf(measured);
    const settle =
      most === null ? '' : `; about ${count(most)} ${expansion.unit} would settle it at the observed value`;
    reasons.unshift(`${seen(explained)}${details(measured)}; ${required(measured)}: ${why}${settle}`);
    if (most !== null)
      remedies.push(
        `Push a dataset version with about ${count(most)} ${expansion.unit} and evaluate again, or improve the model so that it clears with more room.`,
      );
    else
      remedies.push(
        'The value stands exactly at the threshold, which no amount of data settles: improve the model, or reconsider the threshold.',
      );
  } else {
    reasons[0] = `${capital(expansion.subject)} cannot be decided: ${reasons[0] ?? 'nothing was measured'}`;
  }
  return { reason: `${reasons.join('. ')}.`.replaceAll(/\.\./g, '.'), remedy: remedies.join(' ') };
}

function neededOf(atoms: readonly DecidedAtom[]): number | null {
  const needed = atoms.flatMap((atom) => atom.neededN ?? []);
  return needed.length === 0 ? null : Math.max(...needed);
}
