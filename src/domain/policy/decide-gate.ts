import { spentAlpha, type Spending } from '../holdout/index.js';
import { holm, requiredNFactor } from '../statistics/index.js';
import { decidedOnPoint, type Atom, type DecidedAtom, type Expansion } from './atom.js';
import { decidingAtom, explain } from './explain.js';
import type { GateEvidence } from './gate-evidence.js';
import { EVIDENCE_LEVELS, type GatePolicy, type Rule } from './gate-policy.js';
import type { GateVerdict, RuleResult } from './gate-verdict.js';
import { errorLevel, number } from './phrase.js';
import type { DecisionTerms } from './rule-type.js';
import { ruleType } from './rule-types.js';
import { tooSmall } from './too-small.js';
import { worstVerdict, type Verdict } from './verdict.js';

interface ExpandedRule {
  rule: Rule;
  terms: DecisionTerms;
  /** One-sided level of PASS: below the policy's where sealed rows were looked at. */
  passAlpha: number;
  /** Null when the rule could not be evaluated: the error is told, and nothing passes. */
  expansion: Expansion | null;
  failure: string | null;
}

/**
 * The verdict of a policy on evidence. PASS of a rule: every one of its hypotheses clears its bound at alpha (an
 * intersection-union test, Berger 1982), on sealed splits at what earlier looks left of it (STATISTICS, section 4), and nothing holds
 * it back. FAIL: one of them is rejected by Holm's procedure over
 * all hypotheses of the whole decision. Otherwise INCONCLUSIVE. The worst rule decides. Pure: no clock, no chance.
 */
export function decideGate(policy: GatePolicy, evidence: GateEvidence): GateVerdict {
  const expanded = policy.rules.map((rule) => expandRule(rule, policy, evidence));
  const tested = expanded.flatMap(({ expansion }) => expansion?.atoms.filter((atom) => !atom.certain) ?? []);
  const adjusted = new Map<Atom, number>();
  holm(tested.map((atom) => atom.pFail)).forEach((p, i) => adjusted.set(tested[i] as Atom, p));
  const rules = expanded.map((each) => concludeRule(each, adjusted, policy, evidence));
  return {
    verdict: worstVerdict(rules.map((rule) => rule.verdict)),
    alpha: policy.alpha,
    hypotheses: tested.length,
    rules,
    caveats: caveatsOf(rules, evidence, policy),
  };
}

function expandRule(rule: Rule, policy: GatePolicy, evidence: GateEvidence): ExpandedRule {
  const { alpha, minLevel, maxAgeSeconds, looks, protocol } = policy;
  const terms: DecisionTerms = { alpha, minLevel, maxAgeSeconds, looks, protocol, decideOn: rule.decideOn };
  try {
    checkTerms(terms);
    // Left out is not the same as none.
    if (evidence.hold === undefined) throw new RangeError('the evidence does not say whether it may decide');
    const passAlpha = passAlphaOf(rule, evidence, policy);
    const expansion = expandAt(rule, evidence, terms, passAlpha);
    const wrong = expansion.atoms.find(
      (atom) => !(atom.pFail >= 0 && atom.pFail <= 1) || Number.isNaN(atom.observed),
    );
    if (wrong) throw new RangeError('a test statistic is not a number');
    const atoms = rule.decideOn === 'point' ? expansion.atoms.map(decidedOnPoint) : expansion.atoms;
    const holds = evidence.hold ? [evidence.hold, ...expansion.holds] : expansion.holds;
    return { rule, terms, passAlpha, expansion: { ...expansion, atoms, holds }, failure: null };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { rule, terms, passAlpha: alpha, expansion: null, failure };
  }
}

/** The least of what the looks at the rule's sealed splits left of alpha. Throws RangeError where it is not known. */
function passAlphaOf(
  rule: Rule,
  evidence: GateEvidence,
  policy: Pick<GatePolicy, 'alpha' | 'looks'>,
): number {
  const names = ruleType(rule.type).splitsOf(rule.parameters as never, evidence);
  const left = evidence.splits
    .filter(({ name, sealed, measurement }) => sealed && measurement !== null && names.includes(name))
    .map(({ name, measurement }) => {
      const { spending } = measurement!;
      if (!spending) throw new RangeError(`what looks at the sealed split ${name} told is not known`);
      return levelLeft(spending, policy);
    });
  return Math.min(policy.alpha, ...left);
}

/** A policy that takes fewer looks than the split allows spends alpha on those alone. */
function levelLeft(spending: Spending, { alpha, looks }: Pick<GatePolicy, 'alpha' | 'looks'>): number {
  return spentAlpha(alpha, { ...spending, looks: Math.min(spending.looks, looks ?? Infinity) });
}

/** Rules on a split of which it is not known end in ERROR. */
function isKnown(spending: Spending | null | undefined): spending is Spending {
  try {
    return !!spending && spentAlpha(0.05, spending) >= 0;
  } catch {
    return false;
  }
}

/** Intervals and p-values at alpha; what clears, and what it would take, at the level of PASS. */
function expandAt(rule: Rule, evidence: GateEvidence, terms: DecisionTerms, passAlpha: number): Expansion {
  const type = ruleType(rule.type);
  const expansion = type.expand(rule.parameters as never, evidence, terms);
  if (passAlpha >= terms.alpha) return expansion;
  const strict =
    passAlpha < SMALLEST_ALPHA
      ? null
      : type.expand(rule.parameters as never, evidence, { ...terms, alpha: passAlpha });
  if (strict !== null && strict.atoms.length !== expansion.atoms.length)
    throw new RangeError('the rule asks for other hypotheses at another level');
  const atoms = expansion.atoms.map((atom, i): Atom => {
    if (atom.certain) return atom;
    const at = strict?.atoms[i];
    const clears = atom.clears && at?.clears === true;
    return {
      ...atom,
      clears,
      clearsAlone: atom.clears,
      neededN: clears ? null : (at?.neededN ?? atom.neededN),
    };
  });
  return { ...expansion, atoms };
}

/** Below it no bound can be computed to any digit. */
const SMALLEST_ALPHA = 1e-12;

/** Nothing is decided on terms that no policy can have. */
function checkTerms({ alpha, minLevel, maxAgeSeconds, looks, decideOn }: DecisionTerms): void {
  if (
    !(alpha > 0 && alpha < 0.5 && maxAgeSeconds > 0) ||
    !(looks === null || looks >= 1) ||
    !(EVIDENCE_LEVELS.includes(minLevel) && ['bound', 'point'].includes(decideOn))
  )
    throw new RangeError('the policy has terms that nothing can be decided on');
}

/** The splits that a rule's numbers come from; of one that nobody knows, every split, so that sealed numbers stay sealed. */
function splitsOf(rule: Rule, evidence: GateEvidence): string[] {
  try {
    return ruleType(rule.type).splitsOf(rule.parameters as never, evidence);
  } catch {
    return evidence.splits.map(({ name }) => name);
  }
}

function concludeRule(
  { rule, terms, passAlpha, expansion, failure }: ExpandedRule,
  adjusted: ReadonlyMap<Atom, number>,
  policy: GatePolicy,
  evidence: GateEvidence,
): RuleResult {
  const shared = {
    id: rule.id,
    type: rule.type,
    decideOn: rule.decideOn,
    level: 1 - 2 * policy.alpha,
    passAlpha,
    splits: splitsOf(rule, evidence),
  };
  if (expansion === null) return { ...shared, ...erroneous(failure ?? 'unknown') };
  const atoms = expansion.atoms.map((atom): DecidedAtom => {
    const adjustedP = adjusted.get(atom) ?? null;
    return {
      ...atom,
      neededN: neededUnderHolm(atom, policy.alpha, passAlpha, adjusted.size),
      adjustedP,
      rejected: atom.certain ? atom.pFail === 0 : adjustedP !== null && adjustedP <= policy.alpha,
    };
  });
  const verdict = verdictOf(atoms, expansion);
  const deciding = decidingAtom(atoms);
  const summary = expansion.summary ?? {
    observed: deciding?.observed ?? null,
    ci: deciding?.interval ?? null,
    n: deciding?.n ?? null,
    slice: deciding?.slice ?? {},
  };
  const caveats = [...expansion.caveats];
  // Why it could not have passed either.
  if (verdict === 'FAIL') caveats.push(...expansion.holds.map((hold) => hold.reason));
  // What is held back, or has no value, is not undecided for want of rows.
  const undecided = atoms.some(({ clears, undefinedBecause }) => !clears && undefinedBecause === null);
  if (
    verdict === 'INCONCLUSIVE' &&
    undecided &&
    expansion.holds.length === 0 &&
    passAlpha >= SMALLEST_ALPHA
  ) {
    const small = tooSmall(rule, shared.splits, evidence, (best) => expandAt(rule, best, terms, passAlpha));
    if (small !== null) caveats.push(small);
  }
  if (rule.decideOn === 'point') caveats.push('decided on the point estimate: no error guarantee');
  return {
    ...shared,
    ...summary,
    slice: { ...summary.slice, ...(deciding?.slice ?? {}) },
    verdict,
    threshold: deciding?.threshold ?? null,
    comparison: deciding?.comparison ?? null,
    ...explain({
      expansion,
      atoms,
      verdict,
      summary,
      level: shared.level,
      alpha: policy.alpha,
      passAlpha,
      hypotheses: adjusted.size,
    }),
    evidence: expansion.references,
    adjustedP: deciding?.adjustedP ?? null,
    neededN: verdict === 'INCONCLUSIVE' ? (deciding?.neededN ?? null) : null,
    hypotheses: {
      total: atoms.length,
      cleared: atoms.filter((atom) => atom.clears).length,
      rejected: atoms.filter((atom) => atom.rejected).length,
      undefined: atoms.filter((atom) => atom.undefinedBecause !== null).length,
    },
    caveats,
    openHolds: expansion.holds.filter((hold) => hold.open).map(({ reason, remedy }) => ({ reason, remedy })),
  };
}

/** What was observed on the wrong side settles as FAIL, which takes Holm's level rather than alpha. */
function neededUnderHolm(atom: Atom, alpha: number, passAlpha: number, hypotheses: number): number | null {
  const { neededN, observed, threshold, comparison } = atom;
  if (neededN === null || observed === null || atom.certain) return neededN;
  const wrong = comparison === 'atLeast' ? observed < threshold : observed > threshold;
  const counted = passAlpha < SMALLEST_ALPHA ? alpha : passAlpha;
  return wrong ? Math.ceil(neededN * requiredNFactor(counted, alpha / Math.max(1, hypotheses))) : neededN;
}

function verdictOf(atoms: readonly DecidedAtom[], { holds }: Expansion): Verdict {
  if (atoms.some((atom) => atom.rejected)) return 'FAIL';
  // A rule that makes no hypothesis has shown nothing.
  return atoms.length > 0 && holds.length === 0 && atoms.every((atom) => atom.clears)
    ? 'PASS'
    : 'INCONCLUSIVE';
}

function erroneous(failure: string) {
  return {
    verdict: 'ERROR' as const,
    observed: null,
    threshold: null,
    comparison: null,
    ci: null,
    n: null,
    slice: {},
    reason: `The rule could not be evaluated: ${failure}.`,
    remedy: 'Evaluate the model again; if the error persists, give the operator the decision id.',
    evidence: [],
    adjustedP: null,
    neededN: null,
    hypotheses: { total: 0, cleared: 0, rejected: 0, undefined: 0 },
    caveats: [],
    openHolds: [],
  };
}

/** What a reader must know about the decision as a whole: how often sealed rows were looked at, and which were not sealed. */
function caveatsOf(rules: readonly RuleResult[], evidence: GateEvidence, policy: GatePolicy): string[] {
  const named = new Set(rules.flatMap((rule) => rule.splits));
  const used = evidence.splits.filter((split) => split.measurement !== null && named.has(split.name));
  const open = used
    .filter(({ sealed, role }) => !sealed && (role === 'holdout' || role === 'cross_domain'))
    .map(({ name }) => `the labels of ${name} are not sealed: who trained the model may have seen them`);
  return [
    ...open,
    ...looksAt(
      used.filter(({ sealed }) => sealed),
      policy,
    ),
  ];
}

function looksAt(sealed: GateEvidence['splits'], policy: GatePolicy): string[] {
  if (sealed.length === 0) return [];
  const looks = sealed.map(({ name, budget, measurement }) => {
    const { look, spending } = measurement!;
    const of = `look ${look ?? 'unknown'}${budget === null ? '' : ` of ${budget}`} at the sealed split ${name}`;
    if (!isKnown(spending)) return of;
    const informative = spending.informative + (spending.further?.informative ?? 0);
    const left = levelLeft(spending, policy);
    return `${of}: after ${informative === 0 ? 'no answer that told' : informative === 1 ? 'one answer that told' : `${informative} answers that told`} something, PASS is decided at ${errorLevel(left)} instead of ${number(policy.alpha)}`;
  });
  return [
    ...looks,
    `however the model was chosen by earlier answers about these sealed rows, all looks together pass one that violates a requirement with a chance of at most ${number(policy.alpha)}; FAIL is claimed at ${number(policy.alpha)} for a model that was chosen independently of them`,
  ];
}
