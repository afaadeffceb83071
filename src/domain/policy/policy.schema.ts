import { schemaOfFields, type JsonSchema } from './field.js';
import { POLICY_FIELDS } from './parse-gate-policy.js';
import { RULE_KINDS, ruleSchema } from './rule-types.js';

/**
 * The published JSON Schema of a gate policy, served at GET /v1/policy-schema. Made from the very tables that the
 * parser reads; what a schema cannot say (unique ids, contradictory thresholds) the parser refuses beside it.
 */
export const POLICY_SCHEMA: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://assay.dev/schemas/gate-policy-v1.json',
  title: 'GatePolicy',
  description: 'What a model version must show before it may be promoted.',
  ...schemaOfFields(POLICY_FIELDS),
  $defs: { rule: { oneOf: RULE_KINDS.map(ruleSchema) } },
};
