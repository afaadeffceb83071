import { IsDefined } from 'class-validator';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { AsSent, Input, Prop } from '../../../platform/http/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';

@Input('PushPolicy', 'A gate policy.')
export class PushPolicyRequest {
  @Prop(() => GraphQLJSON, {
    description: 'The policy: a text in YAML or JSON, or the object itself.',
    openapi: { oneOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }], type: undefined },
  })
  @IsDefined({ message: 'document must be the policy: a text in YAML or JSON, or an object' })
  @AsSent()
  document: string | Record<string, unknown>;
}

/** The document of a body: the text itself (text/yaml), or `{document}` (application/json). Throws REQUEST_INVALID. */
export function documentOf(body: unknown): string | object {
  if (typeof body === 'string') return body;
  const { document, ...rest } = (
    typeof body === 'object' && body !== null ? body : {}
  ) as Partial<PushPolicyRequest>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw requestInvalid(unknown, `property ${unknown} should not exist`);
  if (typeof document === 'string' || (typeof document === 'object' && document !== null)) return document;
  throw requestInvalid('document', 'document must be the policy: a text in YAML or JSON, or an object');
}

function requestInvalid(path: string, message: string): InvalidInputError {
  return new InvalidInputError('REQUEST_INVALID', `${path}: ${message}`, { fields: [{ path, message }] });
}
