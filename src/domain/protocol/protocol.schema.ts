import { schemaOfFields, type JsonSchema } from '../policy/field.js';
import { PROTOCOL_FIELDS } from './protocol-fields.js';

/**
 * The published JSON Schema of an evaluation protocol, served at GET /v1/protocol-schema. Made from the table that the parser reads;
 * what a schema cannot say (slices that parse, names of their own) the parser refuses beside it.
 */
export const PROTOCOL_SCHEMA: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://assay.dev/schemas/evaluation-protocol-v1.json',
  title: 'EvaluationProtocol',
  description: 'How predictions are judged. What is left out has its default.',
  ...schemaOfFields(PROTOCOL_FIELDS),
};
