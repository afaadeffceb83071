import type { FastifyInstance } from 'fastify';
import { InvalidInputError } from '../errors/index.js';

/** No body that this service understands is nested deeper. */
const MAX_DEPTH = 100;

/** Refuse bodies that are nested so deeply that whoever walks them would run out of stack. */
export function registerBodyDepth(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, _reply, done) => {
    done(isTooDeep(request.body) ? tooDeep() : undefined);
  });
}

/** Level by level, without recursion. Streams and texts have no levels. */
export function isTooDeep(value: unknown, most = MAX_DEPTH): boolean {
  let level = [value].filter(isNest);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((nest) => Object.values(nest).filter(isNest));
  }
  return false;
}

function isNest(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

function tooDeep(): InvalidInputError {
  return new InvalidInputError('BODY_TOO_DEEP', `The body is nested deeper than ${MAX_DEPTH} levels.`, {
    remedy: 'Send a flatter body.',
  });
}
