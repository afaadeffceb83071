import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from './problem.js';

/** The one place where an error becomes an HTTP answer. GraphQL has its own: graphql/error-formatter. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') return error;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = toProblem(error, String(request.id));
    if (problem.status >= 500) this.log.error({ err: error, requestId: request.id, url: request.url });
    // A stream that fails after the head went out can only be cut.
    if (reply.raw.headersSent) return reply.raw.destroy();
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="assay"');
    return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}
