import type { FastifyInstance } from 'fastify';
import { UnavailableError } from '../errors/index.js';
import { toProblem } from './problem.js';

/** How long requests may still take when the service begins to stop. */
const FINISH_WITHIN_MS = 3_000;

/**
 * The door of a service. Once it is closed no connection is accepted, requests on connections that are open are refused with
 * SERVICE_STOPPING, and those under way come to their end: what they stand on is only then taken down.
 */
export class Intake {
  private closed = false;
  private underWay = 0;
  private finished: () => void = () => undefined;

  constructor(private readonly fastify: FastifyInstance) {
    // Before any other hook, so that nothing is asked of a service that stops.
    fastify.addHook('onRequest', (request, reply, done) => {
      if (!this.closed) {
        this.underWay += 1;
        reply.raw.once('close', () => {
          this.underWay -= 1;
          if (this.underWay === 0) this.finished();
        });
        return done();
      }
      void reply
        .status(503)
        .header('connection', 'close')
        .type('application/problem+json')
        .send(JSON.stringify(toProblem(stopping(), String(request.id))));
    });
  }

  /** Resolves when nothing is under way. What takes longer than `finishWithinMs` is cut off. */
  async close(finishWithinMs = FINISH_WITHIN_MS): Promise<void> {
    this.closed = true;
    const { server } = this.fastify;
    // Idle connections are closed by it too.
    server.close();
    if (this.underWay > 0) {
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, finishWithinMs);
        this.finished = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
    server.closeAllConnections();
  }
}

const stopping = () =>
  new UnavailableError('SERVICE_STOPPING', 'Assay is being stopped and takes no more requests.', {
    remedy: 'Send the request again when Assay runs again; nothing was done.',
  });
