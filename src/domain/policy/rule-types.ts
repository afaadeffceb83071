import { schemaOfFields, type Fields, type JsonSchema } from './field.js';
import type { RuleKind } from './gate-policy.js';
import type { RuleType } from './rule-type.js';
import { checkRule } from './rules/check.js';
import { compareRule } from './rules/compare.js';
import { contaminationRule } from './rules/contamination.js';
import { crossDomainRule } from './rules/cross-domain.js';
import { fairnessRule } from './rules/fairness.js';
import { liveSampleRule } from './rules/live-sample.js';
import { metricRule } from './rules/metric.js';
import { sourcesRule } from './rules/sources.js';

/** Every rule type there is, by the field that a policy names it with. */
const RULE_TYPES: { readonly [Kind in RuleKind]: RuleType<never> } = {
  metric: metricRule,
  compare: compareRule,
  crossDomain: crossDomainRule,
  fairness: fairnessRule,
  contamination: contaminationRule,
  check: checkRule,
  sources: sourcesRule,
  liveSample: liveSampleRule,
};

export const RULE_KINDS = Object.keys(RULE_TYPES) as RuleKind[];

/** Throws RangeError for a kind that is not in the table. */
export function ruleType(kind: RuleKind): RuleType<never> {
  if (!Object.hasOwn(RULE_TYPES, kind)) throw new RangeError(`there is no rule type ${String(kind)}`);
  return RULE_TYPES[kind];
}

/** Fields that later versions will enforce; until then a policy that has one is refused. */
export const LATER_RULE_FIELDS = [
  'expression',
  'unwaivable',
  'record',
  'agreement',
  'continual',
  'monitor',
] as const;

/** The fields that every rule has. */
export const RULE_FIELDS: Fields = {
  id: {
    kind: 'text',
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    form: 'an id of letters, digits, dots, hyphens and underscores, at most 100',
    required: true,
    description: 'Its name in every output; unique within the policy.',
  },
  decideOn: {
    kind: 'choice',
    of: ['bound', 'point'],
    default: 'bound',
    description:
      'bound: the confidence bound decides. point: the estimate decides, without any error guarantee.',
  },
};

/** The JSON Schema of one rule of this type. */
export function ruleSchema(kind: RuleKind): JsonSchema {
  const type = ruleType(kind);
  const fields: Fields = type.inline
    ? { ...RULE_FIELDS, ...type.fields }
    : {
        ...RULE_FIELDS,
        [kind]: { kind: 'object', required: true, description: type.description, fields: type.fields },
      };
  return { title: kind, description: type.description, ...schemaOfFields(fields) };
}
