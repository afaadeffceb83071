import type { FastifyInstance } from 'fastify';
import { GRAPHQL_LIMITS } from './limits.js';

/** More than the depth of fields and of values within their arguments, taken together, can need. */
const MAX_BRACKETS = 200;

/** Refuse a document that is too long, or no text, before it is parsed: the rules of a schema take a square of its length. */
export function registerQueryText(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', async (request, reply) => {
    if (request.routeOptions.url !== '/graphql') return;
    const { body } = request;
    // A body of application/graphql is the document itself.
    const query =
      typeof body === 'string' ? body : ((body ?? request.query ?? {}) as { query?: unknown }).query;
    const refusal = refusalOf(query);
    if (refusal === null) return;
    const { code, message } = refusal;
    await reply.status(400).send({ data: null, errors: [{ message, extensions: { code, status: 400 } }] });
  });
}

function refusalOf(query: unknown): { code: string; message: string } | null {
  if (query === undefined || query === null) return null;
  if (typeof query !== 'string') return { code: 'QUERY_INVALID', message: 'query must be a text.' };
  const { length } = query;
  if (length > GRAPHQL_LIMITS.length) {
    return tooLarge(`is ${length} characters long; at most ${GRAPHQL_LIMITS.length} are taken`);
  }
  // The parser calls itself for each level, and its stack ends before the longest document does.
  return bracketsWithin(query) > MAX_BRACKETS
    ? tooLarge(`has brackets nested deeper than ${MAX_BRACKETS} levels`)
    : null;
}

const tooLarge = (what: string) => ({ code: 'QUERY_TOO_LARGE', message: `The query ${what}.` });

/** How deep brackets are nested, whatever they stand in: an upper bound that needs no parser. */
function bracketsWithin(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if ('[{('.includes(character)) deepest = Math.max(deepest, (depth += 1));
    else if (']})'.includes(character)) depth -= 1;
  }
  return deepest;
}
