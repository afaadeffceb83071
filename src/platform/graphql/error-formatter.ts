import { Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { findContext } from '../context/index.js';
import { toProblem } from '../http/problem.js';

const log = new Logger('graphql');

interface Execution {
  data?: Record<string, unknown> | null;
  errors?: readonly GraphQLError[];
}

/**
 * Errors of GraphQL as `{message, path, locations, extensions: {code, status, remedy, fields}}`: the same facts as a
 * problem+json of REST. What the schema or the parser refused keeps the message of each single error.
 */
export function formatErrors(execution: Execution): {
  statusCode: number;
  response: { data: unknown; errors: GraphQLFormattedError[] };
} {
  const errors = (execution.errors ?? []).flatMap(validationErrorsOf).map(format);
  // A request that could not run at all is the client's mistake: 400. One that ran keeps 200 and says what failed where.
  const statusCode = execution.data === undefined || execution.data === null ? statusOf(errors) : 200;
  return { statusCode, response: { data: execution.data ?? null, errors } };
}

/** Mercurius wraps what validation found in one error: unwrap it. */
function validationErrorsOf(error: GraphQLError): GraphQLError[] {
  const inner = (error.originalError as { errors?: unknown } | undefined)?.errors;
  return Array.isArray(inner) ? (inner as GraphQLError[]) : [error];
}

function format(error: GraphQLError): GraphQLFormattedError {
  const original = error.originalError;
  const place = { locations: error.locations, path: error.path };
  const ours = original !== undefined && original !== null && !isGraphqlsOwn(original);
  if (!ours) {
    const code = typeof error.extensions?.code === 'string' ? error.extensions.code : 'QUERY_INVALID';
    return { message: error.message, ...place, extensions: { code, status: 400 } };
  }
  const problem = toProblem(original, findContext()?.requestId);
  if (problem.status >= 500) log.error({ err: original, path: error.path });
  const { detail, type: _type, title: _title, ...extensions } = problem;
  // PostgreSQL does not say which value it could not read: the field that it was given to is the nearest.
  const message =
    problem.code === 'VALUE_INVALID' && error.path ? `${error.path.join('.')}: ${detail}` : detail;
  return { message, ...place, extensions };
}

/** Raised by graphql-js or Mercurius about the document itself. */
function isGraphqlsOwn(error: Error): boolean {
  return (
    error instanceof GraphQLError ||
    String((error as { code?: unknown }).code ?? '').startsWith('MER_ERR_GQL')
  );
}

function statusOf(errors: GraphQLFormattedError[]): number {
  const statuses = errors.map((error) => Number(error.extensions?.status ?? 400));
  return statuses.length === 0 ? 400 : Math.max(...statuses);
}
