import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The HTTP request behind a REST handler or a GraphQL resolver; undefined in a job. */
export function requestOf(context: ExecutionContext): FastifyRequest | undefined {
  if (context.getType<string>() !== 'graphql')
    return context.switchToHttp().getRequest<FastifyRequest | undefined>();
  return context.getArgByIndex<{ req?: FastifyRequest }>(2).req;
}
