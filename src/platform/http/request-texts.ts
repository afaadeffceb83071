import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { InvalidInputError } from '../errors/index.js';

/**
 * Refuse what cannot be kept as it was sent: a null character, which PostgreSQL has no place for; half of a surrogate pair, which
 * would be stored as another character; a number such as 1e400, which JavaScript reads as infinite. `constructor.prototype` is
 * refused with them: nothing here has such a member.
 */
export function registerRequestTexts(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { query, body } = request;
    const problem = problemIn(query) ?? (body instanceof Readable ? undefined : problemIn(body));
    done(
      problem &&
        new InvalidInputError('REQUEST_INVALID', `${problem.path}: ${problem.message}`, {
          fields: [problem],
        }),
    );
  });
}

interface Problem {
  path: string;
  message: string;
}

/** The first text, number or name of a member that cannot be kept. Bodies that are too deep were refused before. */
export function problemIn(value: unknown, path = ''): Problem | undefined {
  if (typeof value === 'string') return problemOf(value, path === '' ? 'the text' : path);
  if (typeof value === 'number' && !Number.isFinite(value))
    return { path, message: 'is a number that is too large for a double' };
  if (!isNest(value)) return undefined;
  for (const [name, item] of Object.entries(value)) {
    const place = path === '' ? shown(name) : `${path}.${shown(name)}`;
    const problem = problemOf(name, place) ?? pollution(name, item, place) ?? problemIn(item, place);
    if (problem) return problem;
  }
  return undefined;
}

const LONE_SURROGATE = /\p{Cs}/u;

function problemOf(text: string, path: string): Problem | undefined {
  if (text.includes('\0')) return { path, message: 'holds a null character' };
  if (LONE_SURROGATE.test(text))
    return { path, message: 'holds half of a surrogate pair, which is no character' };
  return undefined;
}

function pollution(name: string, value: unknown, path: string): Problem | undefined {
  return name === 'constructor' && isNest(value) && Object.hasOwn(value, 'prototype')
    ? { path: `${path}.prototype`, message: 'is a member that no request has' }
    : undefined;
}

/** As it can stand in a message. */
const shown = (name: string): string => name.slice(0, 80).replaceAll(/[\0\p{Cs}]/gu, '\ufffd');

const isNest = (value: unknown): value is object => typeof value === 'object' && value !== null;
