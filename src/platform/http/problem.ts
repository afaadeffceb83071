import { HttpException } from '@nestjs/common';
import { databaseTrouble } from '../database/index.js';
import { diskError } from '../storage/disk-errors.js';
import { AssayError, InvalidInputError, type ErrorKind, type FieldProblem } from '../errors/index.js';

/** RFC 9457 problem details, with Assay's stable `code`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId?: string;
  remedy?: string;
  fields?: FieldProblem[];
  [fact: string]: unknown;
}

const STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  locked: 423,
  // Of the tus protocol, as IANA has none for it.
  checksum: 460,
  version: 412,
  tooLarge: 413,
  tooSlow: 408,
  unsupported: 415,
  rateLimited: 429,
  unavailable: 503,
  internal: 500,
};

const TITLE: Record<number, string> = {
  400: 'The request is not valid',
  401: 'Authentication is needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'The request took too long',
  409: 'In conflict with what is stored',
  412: 'Version not supported',
  413: 'Too large',
  414: 'Address too long',
  415: 'Media type not supported',
  423: 'Somebody else works on it',
  429: 'Too many requests',
  431: 'Too large',
  460: 'Not what the checksum says',
  500: 'Internal error',
  503: 'Not available now',
};

const CODE: Record<number, string> = {
  400: 'REQUEST_INVALID',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'ROUTE_NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'BODY_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'MEDIA_TYPE_NOT_SUPPORTED',
  431: 'HEADERS_TOO_LARGE',
};

/**
 * Any thrown value as a problem. What is not raised on purpose becomes a 500 without a word of its message: the log has
 * it, under the request id.
 */
export function toProblem(thrown: unknown, requestId?: string): Problem {
  const error = translated(diskError(thrown));
  if (error instanceof AssayError) {
    return problem(STATUS[error.kind], error.code, error.message, requestId, error.details);
  }
  const status = statusOf(error);
  if (status !== undefined && status < 500) {
    return problem(status, CODE[status] ?? 'REQUEST_INVALID', messageOf(error), requestId);
  }
  return problem(500, 'INTERNAL_ERROR', 'Assay failed to answer this request.', requestId, {
    remedy: 'Try again; if it persists, give the operator the request id.',
  });
}

function problem(
  status: number,
  code: string,
  detail: string,
  requestId?: string,
  details: object = {},
): Problem {
  return {
    type: `urn:assay:problem:${code}`,
    title: TITLE[status] ?? 'The request is not valid',
    status,
    code,
    detail,
    ...(requestId === undefined ? {} : { requestId }),
    ...details,
  };
}

const INPUT_SQLSTATES: Record<string, string> = {
  '22P02': 'an identifier is not of the right form',
  '22003': 'a number is out of range',
  '22021': 'a text holds a byte that cannot be stored (a null byte?)',
  '22P05': 'a text holds a character that cannot be stored (a null character?)',
};

/** What PostgreSQL refuses about a value is the caller's mistake, not ours; what it cannot do now may be tried again. */
function translated(thrown: unknown): unknown {
  const trouble = databaseTrouble(thrown);
  if (trouble) return trouble;
  const state = (thrown as { driverError?: { code?: string } } | null)?.driverError?.code;
  const meaning = state === undefined ? undefined : INPUT_SQLSTATES[state];
  return meaning === undefined
    ? thrown
    : new InvalidInputError('VALUE_INVALID', `A value cannot be read: ${meaning}.`);
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The request is not valid.';
}
