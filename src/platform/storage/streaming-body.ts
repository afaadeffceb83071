import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { UnsupportedError } from '../errors/index.js';

/** The content type of an upload. */
export const OCTET_STREAM = 'application/octet-stream';

/** That of a part of a resumable one. */
export const OFFSET_OCTET_STREAM = 'application/offset+octet-stream';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body as a stream. */
    streamingBody?: boolean;
  }
}

/** For routes that take a stream: `@RouteConfig(STREAMING_BODY)`. */
export const STREAMING_BODY = { streamingBody: true };

/**
 * Hand bodies of these types to their route as the stream they are, never as a buffer; limits count while it flows. Other routes
 * refuse them: what validates their bodies would walk from the stream to its socket, and end the process.
 */
export function registerStreamingBody(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(
    [OCTET_STREAM, OFFSET_OCTET_STREAM],
    (request, payload: IncomingMessage, done) => {
      if (request.routeOptions.config.streamingBody) return done(null, payload);
      const type = request.headers['content-type']!.split(';', 1)[0]!;
      done(
        new UnsupportedError(
          'MEDIA_TYPE_NOT_SUPPORTED',
          `The body is ${type}, which only uploads take; expected application/json.`,
        ),
      );
    },
  );
}
