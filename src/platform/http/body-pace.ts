import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TooSlowError } from '../errors/index.js';
import { toProblem } from './problem.js';

declare module 'fastify' {
  interface FastifyInstance {
    bodyPace: BodyPace;
  }
}

export interface BodyPace {
  windowMs: number;
  /** What has to arrive within each window until the body is whole. */
  bytes: number;
}

/** 1 KiB a second: slower than any connection that can carry a data set, faster than who only wants to hold a socket. */
const PACE: BodyPace = { windowMs: 20_000, bytes: 20 * 1024 };

/**
 * End requests whose body trickles. Node's own limit counts a whole request, and an upload of gigabytes may take hours; what tells
 * an attack from an upload is that nothing moves.
 */
export function registerBodyPace(fastify: FastifyInstance): void {
  fastify.decorate('bodyPace', { ...PACE });
  fastify.addHook('preParsing', (request, reply, _payload, done) => {
    watch(request, reply, fastify.bodyPace);
    done();
  });
}

function watch({ raw, id, log }: FastifyRequest, reply: FastifyReply, { windowMs, bytes }: BodyPace): void {
  if (raw.complete) return;
  let seen = raw.socket.bytesRead;
  const stop = () => clearInterval(timer);
  const timer = setInterval(() => {
    if (raw.complete || reply.sent) return stop();
    const { bytesRead } = raw.socket;
    // What waits here to be written waits for us, not for the client.
    const slow = bytesRead - seen < bytes && raw.readableLength === 0;
    seen = bytesRead;
    if (!slow) return;
    stop();
    log.warn({ requestId: id }, 'a body came too slowly and was cut off');
    void reply.header('connection', 'close').type('application/problem+json');
    reply.raw.once('finish', () => raw.destroy());
    void reply.status(408).send(JSON.stringify(toProblem(tooSlow({ windowMs, bytes }), String(id))));
  }, windowMs);
  timer.unref();
  raw.once('close', stop);
  raw.once('end', stop);
}

const tooSlow = ({ windowMs, bytes }: BodyPace) =>
  new TooSlowError(
    'BODY_TOO_SLOW',
    `The body came too slowly: less than ${bytes} bytes within ${windowMs / 1000} seconds.`,
    { remedy: 'Send the body without pausing; upload large files one at a time.' },
  );
