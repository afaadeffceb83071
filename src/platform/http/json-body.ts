import type { FastifyInstance } from 'fastify';
import { InvalidInputError } from '../errors/index.js';
import { wrongName } from './json-names.js';

const JSON_TYPE = 'application/json';

/**
 * JSON is the one form of bodies here (beside the types that a module adds): UTF-8, each name once in its object. Forms and plain
 * texts, which Fastify and Nest would read, are refused like any other type.
 */
export function registerJsonBody(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Throws REQUEST_INVALID, BODY_NAME_REPEATED. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw invalid('The body is empty; expected JSON.');
  const text = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('The body is not valid JSON.');
  }
  const wrong = wrongName(text);
  if (!wrong) return value;
  const shown = JSON.stringify(wrong.name.slice(0, 80));
  if (wrong.why === 'reserved') throw invalid(`The body has a member ${shown}, which no request has.`);
  throw new InvalidInputError(
    'BODY_NAME_REPEATED',
    `The body has ${shown} twice in one object; expected each name once.`,
    { remedy: 'Send one value for each name: which of two is meant, readers of JSON disagree on.' },
  );
}

/** The text of a body, without its byte order mark. Throws REQUEST_INVALID: no byte is replaced in silence. */
export function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('The body is not UTF-8.', 'Send text as UTF-8.');
  }
}

const invalid = (message: string, remedy = 'Send JSON as the API describes it.') =>
  new InvalidInputError('REQUEST_INVALID', message, { remedy });
