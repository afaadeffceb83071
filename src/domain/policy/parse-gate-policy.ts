import { DURATION, durationText, secondsOf } from './duration.js';
import { isRecord, readFields, type Fields } from './field.js';
import {
  EVIDENCE_LEVELS,
  type EvidenceLevel,
  type GatePolicy,
  type ProtocolTerms,
  type Rule,
  type RuleKind,
} from './gate-policy.js';
import { CLUSTER_FIELD, SLICES_FIELD, type DeclaredSlice } from '../protocol/protocol-fields.js';
import { readSlices } from '../protocol/read-slices.js';
import { invalid, notEnforced, shown, type PolicyProblem } from './policy-problem.js';
import { LATER_RULE_FIELDS, RULE_FIELDS, RULE_KINDS, ruleType } from './rule-types.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const NAME_FORM = 'a name of letters, digits, dots, hyphens and underscores, at most 100';

const SPEC: Fields = {
  dataset: {
    kind: 'text',
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(@[1-9][0-9]{0,8})?$/,
    form: 'a dataset, NAME or NAME@VERSION',
    description:
      'What models are judged on: this version, or the newest that a key with the permission policy pushed. Left out: any version that such a key pushed.',
  },
  protocol: {
    kind: 'object',
    description: 'How evaluations must have measured. What is left out has its default.',
    fields: {
      positive: { kind: 'text', description: 'The class that counts as positive.' },
      threshold: {
        kind: 'number',
        above: 0,
        max: 1,
        description: 'Positive from this score on, where no class is predicted.',
      },
      bins: { kind: 'integer', min: 2, max: 100, description: 'Bins of the reliability table.' },
      seed: { kind: 'integer', min: 0, max: 1_000_000_000, description: 'Of everything random.' },
      quantile: {
        kind: 'number',
        above: 0,
        below: 1,
        description: 'Level of the quantile loss of a regression.',
      },
      cluster: CLUSTER_FIELD,
      slices: SLICES_FIELD,
    },
  },
  evidence: {
    kind: 'object',
    description: 'Which evidence is taken.',
    fields: {
      minLevel: {
        kind: 'choice',
        of: EVIDENCE_LEVELS,
        default: 'recomputed',
        description: 'The weakest way of knowing a number that still decides.',
      },
      maxAge: {
        kind: 'text',
        pattern: DURATION,
        form: 'a duration such as 30d, 12h or 90m',
        default: '30d',
        description:
          'Evidence older than this no longer decides; the decision expires with its oldest evidence.',
      },
    },
  },
  confidence: {
    kind: 'object',
    description: 'How sure a verdict must be.',
    fields: {
      alpha: {
        kind: 'number',
        above: 0,
        below: 0.5,
        default: 0.05,
        description:
          'One-sided error level of each verdict: a PASS of a model that violates a requirement, a FAIL of one that meets all.',
      },
    },
  },
  holdout: {
    kind: 'object',
    description: 'How often a sealed split may have been looked at.',
    fields: {
      looks: {
        kind: 'integer',
        min: 1,
        max: 100_000,
        description: 'Evidence from a later look at a sealed split is INCONCLUSIVE.',
      },
    },
  },
  rules: {
    kind: 'list',
    min: 1,
    max: 200,
    required: true,
    description: 'What must hold. Every rule counts.',
    items: { $ref: '#/$defs/rule' },
  },
};

/** The fields of a policy document. */
export const POLICY_FIELDS: Fields = {
  apiVersion: {
    kind: 'choice',
    of: ['assay/v1'],
    required: true,
    description: 'The version of this language.',
  },
  kind: { kind: 'choice', of: ['GatePolicy'], required: true, description: 'What the document is.' },
  metadata: {
    kind: 'object',
    required: true,
    description: 'The name of the policy and the stage that it guards.',
    fields: {
      name: {
        kind: 'text',
        pattern: NAME,
        form: NAME_FORM,
        required: true,
        description: 'Its name; versions share it.',
      },
      stage: {
        kind: 'text',
        pattern: NAME,
        form: NAME_FORM,
        description: 'A promotion to this stage needs a PASS of this policy.',
      },
    },
  },
  spec: {
    kind: 'object',
    required: true,
    description: 'Evidence, error level and rules.',
    fields: SPEC,
    notEnforced: ['approvals', 'waivers', 'breakGlass', 'reveal'],
  },
};

export type ParsedPolicy = { ok: true; policy: GatePolicy } | { ok: false; problems: PolicyProblem[] };

/**
 * A policy from its parsed document. Every problem is reported at once, each with its path, what was found and what was
 * expected. Nothing is ignored: an unknown field, or one that this version does not enforce, refuses the policy.
 */
export function parseGatePolicy(document: unknown): ParsedPolicy {
  const problems: PolicyProblem[] = [];
  const read = readFields(document, POLICY_FIELDS, '', problems);
  const metadata = part(read.metadata);
  const spec = part(read.spec);
  const rules = Array.isArray(spec.rules)
    ? spec.rules.map((rule, i) => readRule(rule, `spec.rules[${i}]`, problems))
    : [];
  problems.push(...duplicatedIds(rules));
  const protocol = readTerms(part(spec.protocol), problems);
  problems.push(...unknownSlices(rules, protocol));
  if (problems.length > 0) return { ok: false, problems };
  const evidence = part(spec.evidence);
  return {
    ok: true,
    policy: {
      name: metadata.name as string,
      stage: (metadata.stage as string | undefined) ?? null,
      dataset: (spec.dataset as string | undefined) ?? null,
      protocol,
      minLevel: evidence.minLevel as EvidenceLevel,
      maxAgeSeconds: secondsOf(evidence.maxAge as string),
      alpha: part(spec.confidence).alpha as number,
      looks: (part(spec.holdout).looks as number | undefined) ?? null,
      rules: rules.filter((rule) => rule !== null),
    },
  };
}

function part(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function readRule(value: unknown, path: string, problems: PolicyProblem[]): Rule | null {
  if (!isRecord(value)) {
    problems.push(invalid(path, shown(value), 'an object'));
    return null;
  }
  const kinds = RULE_KINDS.filter((kind) => Object.hasOwn(value, kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const later = LATER_RULE_FIELDS.filter((field) => Object.hasOwn(value, field));
    problems.push(...later.map((field) => notEnforced(`${path}.${field}`)));
    if (later.length === 0) {
      const found = kinds.length > 1 ? `a rule with ${kinds.join(' and ')}` : 'a rule without a type';
      problems.push(invalid(path, found, `exactly one of ${RULE_KINDS.join(', ')}`));
    }
    return null;
  }
  const before = problems.length;
  const type = ruleType(kind);
  const own: Fields = type.inline
    ? { ...RULE_FIELDS, ...type.fields }
    : {
        ...RULE_FIELDS,
        [kind]: {
          kind: 'object',
          required: true,
          description: type.description,
          fields: type.fields,
          notEnforced: type.notEnforced,
        },
      };
  const { id, decideOn, ...rest } = readFields(value, own, path, problems, LATER_RULE_FIELDS);
  if (problems.length > before) return null;
  const parameters = type.inline ? rest : part(rest[kind]);
  const rule = { id, decideOn, type: kind, parameters } as unknown as Rule;
  problems.push(...type.check(parameters as never, rule.decideOn, type.inline ? path : `${path}.${kind}`));
  return rule;
}

/** The protocol's terms, slices in the one form of their expressions. */
function readTerms(protocol: Record<string, unknown>, problems: PolicyProblem[]): ProtocolTerms {
  if (!Array.isArray(protocol.slices)) return protocol;
  const slices = readSlices(
    protocol.slices as DeclaredSlice[],
    'spec.protocol.slices',
    ({ path, message }) => {
      const [, found = message, expected = ''] = /^found (.+); expected (.+)$/s.exec(message) ?? [];
      problems.push(invalid(path, found, expected));
    },
  );
  return { ...protocol, slices };
}

/** A rule on rows that nobody has defined would never be decided. */
function unknownSlices(rules: readonly (Rule | null)[], { slices = [] }: ProtocolTerms): PolicyProblem[] {
  const names = slices.map(({ name }) => name);
  return rules.flatMap((rule, i) =>
    rule?.type === 'metric' && rule.parameters.slice !== undefined && !names.includes(rule.parameters.slice)
      ? invalid(
          `spec.rules[${i}].slice`,
          shown(rule.parameters.slice),
          names.length === 0 ? 'a slice declared under spec.protocol.slices' : `one of ${names.join(', ')}`,
        )
      : [],
  );
}

function duplicatedIds(rules: readonly (Rule | null)[]): PolicyProblem[] {
  const first = new Map<string, number>();
  return rules.flatMap((rule, i) => {
    if (rule === null) return [];
    const earlier = first.get(rule.id);
    if (earlier === undefined) first.set(rule.id, i);
    return earlier === undefined
      ? []
      : [
          invalid(
            `spec.rules[${i}].id`,
            `${shown(rule.id)}, as in spec.rules[${earlier}]`,
            'an id of its own',
          ),
        ];
  });
}

/** The one document that means this policy: every default written out. It parses to the same policy again. */
export function normalForm(policy: GatePolicy): Record<string, unknown> {
  return {
    apiVersion: 'assay/v1',
    kind: 'GatePolicy',
    metadata: { name: policy.name, ...(policy.stage === null ? {} : { stage: policy.stage }) },
    spec: {
      ...(policy.dataset === null ? {} : { dataset: policy.dataset }),
      ...(Object.keys(policy.protocol).length === 0 ? {} : { protocol: { ...policy.protocol } }),
      evidence: { minLevel: policy.minLevel, maxAge: durationText(policy.maxAgeSeconds) },
      confidence: { alpha: policy.alpha },
      ...(policy.looks === null ? {} : { holdout: { looks: policy.looks } }),
      rules: policy.rules.map(ruleDocument),
    },
  };
}

/** A rule as a policy document writes it. */
export function ruleDocument(rule: Rule): Record<string, unknown> {
  const kind: RuleKind = rule.type;
  const parameters = { ...rule.parameters };
  return {
    id: rule.id,
    decideOn: rule.decideOn,
    ...(ruleType(kind).inline ? parameters : { [kind]: parameters }),
  };
}
