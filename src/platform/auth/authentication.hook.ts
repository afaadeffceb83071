import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { runInContext, type RequestContext } from '../context/index.js';
import { UnauthenticatedError } from '../errors/index.js';
import { toProblem } from '../http/problem.js';
import { checkProject, type Authenticator } from './authenticator.service.js';

declare module 'fastify' {
  interface FastifyRequest {
    caller?: RequestContext;
  }
  interface FastifyContextConfig {
    public?: boolean;
  }
}

/**
 * Who calls is settled here, before Nest, GraphQL and any parsing of a body: a request without a valid key gets its 401
 * for every route, known or not, that does not say `public` of itself.
 */
export function registerAuthentication(fastify: FastifyInstance, authenticator: Authenticator): void {
  fastify.decorateRequest('caller');
  // A client that asks before it sends its body is told to go on by the hook below, once it is known.
  fastify.server.on('checkContinue', (request, response) =>
    fastify.server.emit('request', request, response),
  );

  fastify.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.public) return;
    try {
      request.caller = await authenticator.authenticate(authorizationOf(request), String(request.id));
      checkProject(request.caller, (request.params as { project?: string } | undefined)?.project);
      if (request.headers.expect?.toLowerCase() === '100-continue') reply.raw.writeContinue();
    } catch (error) {
      await refuse(request, reply, error);
    }
  });

  // After the body was read: the handler runs inside the caller's context, whatever socket event led here.
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (request.caller) runInContext(request.caller, done);
    else done();
  });
}

/** What Fastify takes for no address at all, before any hook: 401 without a valid key like everything else, else what was wrong. */
export async function refuseAddress(
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
  authenticator: Authenticator,
): Promise<void> {
  let refusal: unknown = error;
  try {
    await authenticator.authenticate(authorizationOf(request), String(request.id));
  } catch (reason) {
    refusal = reason;
  }
  await refuse(request, reply, refusal);
}

/**
 * The one Authorization header. Of two, Node takes the first and a proxy in front of it perhaps the last: whose request it is must
 * not depend on who reads it.
 */
function authorizationOf({ raw, headers }: FastifyRequest): string | undefined {
  const sent = raw.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization');
  if (sent.length > 1) {
    throw new UnauthenticatedError('API_KEY_AMBIGUOUS', `${sent.length} Authorization headers were sent.`, {
      remedy: 'Send one Authorization header.',
    });
  }
  return headers.authorization;
}

async function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): Promise<void> {
  const problem = toProblem(error, String(request.id));
  if (problem.status >= 500) request.log.error({ err: error }, 'authentication failed to run');
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="assay"');
  // The unread body of a refused request is not worth keeping the connection for.
  void reply.header('connection', 'close');
  // What fails before routing sees none of the hooks that set these.
  void reply.headers({ 'x-request-id': String(request.id), 'x-content-type-options': 'nosniff' });
  await reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
