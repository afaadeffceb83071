import type { DecisionDocument, RuleOutcome } from './decision-document.js';

const THRESHOLDS = ['atLeast', 'atMost', 'worstAtLeast', 'maxDrop'];

/**
 * A decision as everyone but auditors sees it: for rules on sealed splits the verdict, what was required, what was not sent or is
 * too old, and the same rule on the open validation split; no number that sealed rows gave. Rules on open data have their own
 * numbers, and none that was corrected together with sealed ones.
 */
export function redactDecision(decision: DecisionDocument): DecisionDocument {
  if (!decision.rules.some((rule) => rule.sealed)) return decision;
  return {
    ...decision,
    redacted: true,
    salt: null,
    hypotheses: null,
    inputs: { ...decision.inputs, evidence: null, all: null },
    rules: decision.rules.map((rule) => (rule.sealed ? redactRule(rule) : uncorrected(rule))),
  };
}

/** An open rule by itself. Holm's correction orders all p-values of a decision, so an open one would tell the sealed ones. */
function uncorrected(rule: RuleOutcome): RuleOutcome {
  const { explanation, verdict, splits } = rule;
  // Nothing was corrected; or a decision from before, as it was disclosed then.
  if (explanation === null) return rule;
  const { observed, ci, n, reason } = explanation;
  const single = thresholdsOf(rule.requirement) === 1;
  return {
    ...rule,
    observed,
    ci,
    n,
    adjustedP: null,
    neededN: null,
    hypotheses: null,
    threshold: single ? rule.threshold : null,
    comparison: single ? rule.comparison : null,
    slice: { splits },
    reason:
      verdict === explanation.verdict
        ? reason
        : `${verdict} among all hypotheses of this decision, sealed ones too. By itself (${explanation.verdict}): ${reason}`,
    remedy: verdict === 'INCONCLUSIVE' ? undecidedRemedy(rule) : rule.remedy,
  };
}

function undecidedRemedy({ openHolds, splits }: RuleOutcome): string {
  if (openHolds.length > 0) return openHolds.map(({ remedy }) => remedy).join(' ');
  return `Push a dataset version with more rows of ${splits.join(', ')}, or improve the model so that it clears with more room.`;
}

function redactRule(rule: RuleOutcome): RuleOutcome {
  // With two thresholds, which of them decided would tell a number's side.
  const single = thresholdsOf(rule.requirement) === 1;
  return {
    ...rule,
    observed: null,
    ci: null,
    n: null,
    adjustedP: null,
    neededN: null,
    hypotheses: null,
    threshold: single ? rule.threshold : null,
    comparison: single ? rule.comparison : null,
    slice: { splits: rule.splits },
    evidence: rule.evidence.map((reference) => ({ ...reference, digest: null })),
    caveats: rule.decideOn === 'point' ? ['decided on the point estimate: no error guarantee'] : [],
    reason: reasonOf(rule),
    remedy: remedyOf(rule),
  };
}

function thresholdsOf(requirement: Record<string, unknown>): number {
  return Object.entries(requirement).reduce((count, [name, value]) => {
    if (typeof value === 'object' && value !== null)
      return count + thresholdsOf(value as Record<string, unknown>);
    return count + (THRESHOLDS.includes(name) || name === 'margin' ? 1 : 0);
  }, 0);
}

const MEANING = {
  PASS: 'the requirement is met',
  FAIL: 'the requirement is missed',
  INCONCLUSIVE: 'the data cannot tell',
  ERROR: 'the rule could not be evaluated',
} as const;

function reasonOf({ verdict, splits, openHolds, explanation }: RuleOutcome): string {
  const open = openHolds.map(({ reason }) => reason);
  const own =
    verdict === 'INCONCLUSIVE' && open.length > 0
      ? `Undecided: ${open.join('; ')}.`
      : `Sealed: on ${splits.join(', ')} ${MEANING[verdict]}. Its numbers are for auditors.`;
  return explanation === null
    ? own
    : `${own} The same rule on ${explanation.split} (${explanation.verdict}): ${explanation.reason}`;
}

function remedyOf({ verdict, remedy, openHolds, explanation }: RuleOutcome): string | null {
  if (verdict === 'PASS') return null;
  const hint =
    explanation === null
      ? ' Evaluate on an open validation split too, to see the same rule with its numbers.'
      : '';
  if (verdict === 'ERROR')
    return 'Evaluate the model again; if the error persists, give the operator the decision id.';
  if (verdict === 'FAIL') return `${remedy ?? ''}${hint}`.trim();
  if (openHolds.length > 0) return openHolds.map((hold) => hold.remedy).join(' ');
  return `Push a dataset version with more sealed rows (in the smallest groups above all), or improve the model so that it clears with more room.${hint}`;
}
