import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem, type Problem } from './problem.js';
import { problemIn } from './request-texts.js';

/** The one place where an error becomes an HTTP answer. GraphQL has its own: graphql/error-formatter. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') return error;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = named(toProblem(error, String(request.id)), request);
    if (problem.status >= 500) this.log.error({ err: error, requestId: request.id, url: request.url });
    // A stream that fails after the head went out can only be cut.
    if (reply.raw.headersSent) return reply.raw.destroy();
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="assay"');
    return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

/** PostgreSQL does not say which value it could not read: a part of the address that no text may hold is named here. */
function named(problem: Problem, { params }: FastifyRequest): Problem {
  const found = problem.code === 'VALUE_INVALID' ? problemIn(params) : undefined;
  return found ? { ...problem, detail: `${found.path}: ${found.message}`, fields: [found] } : problem;
}
