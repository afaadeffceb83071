import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** The content type of an upload. */
export const OCTET_STREAM = 'application/octet-stream';

/** Hand bodies of this type to their route as the stream they are, never as a buffer. Limits count while it flows. */
export function registerStreamingBody(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(OCTET_STREAM, (_request, payload: IncomingMessage, done) => {
    done(null, payload);
  });
}
