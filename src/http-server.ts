import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController, type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { API_MODULES } from './api.modules.js';
import { AppModule, type Runtime } from './app.module.js';
import { serveDocs } from './openapi.js';
import { Authenticator, refuseAddress, registerAuthentication } from './platform/auth/index.js';
import { registerStreamingBody } from './platform/storage/index.js';
import { registerQueryText } from './platform/graphql/index.js';
import {
  Intake,
  refuseConnection,
  registerBodyDepth,
  registerBodyPace,
  registerJsonBody,
  registerPlainBodies,
  registerRequestTexts,
  toProblem,
} from './platform/http/index.js';
import { Metrics, NestLogger } from './platform/telemetry/index.js';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,100}$/;
/** When to try again what cannot be answered now. */
const RETRY_AFTER_SECONDS = 2;

/** Nest installs its error handler after the routes, too late for them; ours is there before (below). */
class ProblemAdapter extends FastifyAdapter {
  readonly intake = new Intake(this.getInstance());

  /** Nest would let requests in until everything else is taken down. It waits for what this returns. */
  override async beforeClose(): Promise<void> {
    super.beforeClose();
    await this.intake.close();
  }

  /** Nest takes HTML forms for bodies, which any page of the web may send; no route of ours has one. */
  override registerParserMiddleware(...given: Parameters<FastifyAdapter['registerParserMiddleware']>): void {
    super.registerParserMiddleware(...given);
    this.getInstance().removeContentTypeParser('application/x-www-form-urlencoded');
  }

  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.instance;
  }
}

/** The whole service over HTTP, not yet listening. `main.ts` listens; tests and the generator of artefacts do too. */
export async function createHttpServer(runtime: Runtime, logger: Logger): Promise<NestFastifyApplication> {
  const { config } = runtime;
  const adapter = new ProblemAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.maxBodyBytes,
    // An upload may take hours, so a whole request has no limit: its headers have one, and its body a pace (registerBodyPace).
    requestTimeout: 0,
    connectionTimeout: 0,
    http: { headersTimeout: 20_000, connectionsCheckingInterval: 5_000 },
    clientErrorHandler: refuseConnection,
    // A client's own request id is kept where it is harmless to log.
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    routerOptions: { maxParamLength: 300 },
    // The only schemas of routes are Mercurius' own; to check them, each start would compile the schema of JSON Schema.
    ajv: { customOptions: { validateSchema: false } },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void refuseAddress(error, request as never, reply as never, app.get(Authenticator));
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(runtime, API_MODULES),
    adapter,
    {
      logger: new NestLogger(logger),
      bodyParser: false,
      forceCloseConnections: true,
      abortOnError: false,
    },
  );
  const fastify = adapter.getInstance();
  // What fails before a handler runs (a body that is no JSON, one too large) is a problem like any other.
  fastify.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const problem = toProblem(error, String(request.id));
    if (problem.status >= 500) logger.error({ err: error, requestId: request.id });
    return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  });
  registerAuthentication(fastify as never, app.get(Authenticator));
  registerPlainBodies(fastify as never);
  registerBodyPace(fastify as never);
  registerJsonBody(fastify as never);
  registerStreamingBody(fastify as never);
  registerBodyDepth(fastify as never);
  registerRequestTexts(fastify as never);
  registerQueryText(fastify as never);
  app.get(Metrics).observe(fastify as never);
  fastify.addHook('onSend', async (request, reply) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (reply.statusCode === 503 && !reply.hasHeader('retry-after'))
      void reply.header('retry-after', RETRY_AFTER_SECONDS);
  });
  fastify.addHook('onResponse', async (request, reply) => {
    logger.info(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        actor: request.caller?.actor.id,
        project: request.caller?.projectName,
      },
      'request',
    );
  });
  serveDocs(app);
  await app.init();
  await fastify.ready();
  return app;
}
