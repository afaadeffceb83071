import { createHash } from 'node:crypto';
import {
  Injectable,
  SetMetadata,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import { currentContext } from '../context/index.js';
import { UnitOfWork, type Transaction } from '../database/index.js';
import { ConflictError, InvalidInputError } from '../errors/index.js';
import { requestOf } from './request-of.js';

const NOT_REPLAYED = 'assay:notReplayed';

/**
 * For the few POSTs whose answer is not kept: uploads (no transaction may span one; what they store is named by its content),
 * new projects (another project's transaction; names are unique) and new keys (a secret is stored nowhere).
 */
export const NotReplayed = () => SetMetadata(NOT_REPLAYED, true);

interface Stored {
  route: string;
  request_digest: string;
  status: number | null;
  response: unknown;
}

/**
 * Idempotency-Key: the first POST with a key is carried out and its answer stored in the very transaction of its effect;
 * a repetition gets that answer again. A concurrent repetition waits for the first to end.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly units: UnitOfWork,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = requestOf(context);
    const key = request?.headers['idempotency-key'];
    if (!request || key === undefined || request.method !== 'POST') return next.handle();
    if (this.reflector.getAllAndOverride<boolean>(NOT_REPLAYED, [context.getHandler(), context.getClass()]))
      return next.handle();
    const field = graphqlField(context);
    if (field?.operation === 'query') return next.handle();
    return from(this.once(scopedKey(key, field?.path), request, replyOf(context), next));
  }

  private once(
    key: string,
    request: FastifyRequest,
    reply: FastifyReply | undefined,
    next: CallHandler,
  ): Promise<unknown> {
    const route = `${request.method} ${request.url}`;
    const digest = createHash('sha256')
      .update(JSON.stringify(request.body ?? null))
      .digest('hex');
    return this.units.run(async (tx) => {
      const earlier = await claim(tx, key);
      if (earlier) return replay(earlier, route, digest, reply);
      const answer: unknown = await firstValueFrom(next.handle(), { defaultValue: undefined });
      await tx.execute(
        `INSERT INTO idempotency (project_id, key, route, request_digest, status, response) VALUES ($1, $2, $3, $4, $5, $6)`,
        [
          currentContext().projectId,
          key,
          route,
          digest,
          reply?.statusCode ?? 200,
          JSON.stringify(answer ?? null, keepDates),
        ],
      );
      return answer;
    });
  }
}

/**
 * Take the key, waiting for a concurrent holder. Returns the earlier answer when there is one. A lock, not a row: the first row
 * gives the transaction its place in the audit log, and that is for what is carried out, once it has waited its turn.
 */
async function claim(tx: Transaction, key: string): Promise<Stored | undefined> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [
    `${currentContext().projectId} ${key}`,
  ]);
  const [stored] = await tx.query<Stored>(
    'SELECT route, request_digest, status, response FROM idempotency WHERE key = $1',
    [key],
  );
  return stored;
}

function replay(stored: Stored, route: string, digest: string, reply?: FastifyReply): unknown {
  if (stored.route !== route || stored.request_digest !== digest) {
    throw new ConflictError(
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key was used before for another request.',
      {
        remedy: 'Use a new key for a new request.',
      },
    );
  }
  void reply?.status(stored.status ?? 200).header('idempotency-replayed', 'true');
  return datesAgain(stored.response);
}

function scopedKey(key: string | string[], path?: string): string {
  const given = Array.isArray(key) ? key.join() : key;
  if (!/^[\x21-\x7e]{1,200}$/.test(given)) {
    throw new InvalidInputError(
      'IDEMPOTENCY_KEY_INVALID',
      'Idempotency-Key must be 1 to 200 visible ASCII characters.',
    );
  }
  // Of one caller: what an auditor was answered is for nobody else, whoever guesses the key. Several mutations may travel
  // under one header: each has its own row.
  const own = `${currentContext().actor.id} ${given}`;
  return path === undefined ? own : `${own}#${path}`;
}

function graphqlField(context: ExecutionContext): { operation: string; path: string } | undefined {
  if (context.getType<string>() !== 'graphql') return undefined;
  const info = context.getArgByIndex<{ operation: { operation: string }; path: { key: string | number } }>(3);
  return { operation: info.operation.operation, path: String(info.path.key) };
}

function replyOf(context: ExecutionContext): FastifyReply | undefined {
  return context.getType<string>() === 'graphql'
    ? undefined
    : context.switchToHttp().getResponse<FastifyReply>();
}

/** GraphQL tells dates from texts: what was a Date comes back as one. */
function keepDates(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const raw = this[key];
  return raw instanceof Date ? { $date: raw.toISOString() } : value;
}

function datesAgain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(datesAgain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0] === '$date') return new Date(String(entries[0][1]));
  return Object.fromEntries(entries.map(([key, item]) => [key, datesAgain(item)]));
}
