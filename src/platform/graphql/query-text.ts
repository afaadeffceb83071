import type { FastifyInstance } from 'fastify';
import { GRAPHQL_LIMITS } from './limits.js';

/** Refuse a document that is too long, or no text, before it is parsed: the rules of a schema take a square of its length. */
export function registerQueryText(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', async (request, reply) => {
    if (request.routeOptions.url !== '/graphql') return;
    const { query } = (request.body ?? request.query ?? {}) as { query?: unknown };
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
  if (length <= GRAPHQL_LIMITS.length) return null;
  return {
    code: 'QUERY_TOO_LARGE',
    message: `The query is ${length} characters long; at most ${GRAPHQL_LIMITS.length} are taken.`,
  };
}
