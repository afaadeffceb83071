import type { FastifyInstance } from 'fastify';
import { UnsupportedError } from '../errors/index.js';

/**
 * Bodies come as they are. One that is compressed would have to be limited by what it unpacks to, and an upload would be kept as
 * something else than its sender thinks: both are refused before a byte is read.
 */
export function registerPlainBodies(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request, reply, _payload, done) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding.trim().toLowerCase() === 'identity') return done();
    // RFC 9110: what would have been taken.
    void reply.header('accept-encoding', 'identity').header('connection', 'close');
    done(
      new UnsupportedError(
        'CONTENT_ENCODING_NOT_SUPPORTED',
        `The body is encoded as ${JSON.stringify(encoding.slice(0, 80))}; expected no content-encoding.`,
        { remedy: 'Send the body as it is, without compressing it.' },
      ),
    );
  });
}
