import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { currentContext } from '../context/index.js';
import { isConflict } from './database-trouble.js';
import { isId } from './is-id.js';

/** Tries of a unit that loses against others. Each loser waits a little longer, and not as long as the next. */
const TRIES = 6;
const PAUSE_MS = 20;

/** One open transaction, scoped to one project by row-level security. */
export class Transaction {
  readonly afterCommit: (() => void)[] = [];

  constructor(
    private readonly runner: QueryRunner,
    readonly projectId: string,
  ) {}

  get manager(): EntityManager {
    return this.runner.manager;
  }

  /** The rows of one statement. Parameters are `$1`, `$2`, ... */
  async query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const result = await this.runner.query(sql, parameters, true);
    return (result.records ?? []) as Row[];
  }

  /** How many rows an insert, update or delete touched. */
  async execute(sql: string, parameters: unknown[] = []): Promise<number> {
    const result = await this.runner.query(sql, parameters, true);
    return result.affected ?? 0;
  }
}

const open = new AsyncLocalStorage<Transaction>();

/**
 * One unit of work per service call: one transaction, one project, everything or nothing. A unit inside a unit joins it,
 * so a service may call another's. Never open one around an upload, a DuckDB query or an outbound call.
 */
@Injectable()
export class UnitOfWork {
  constructor(private readonly database: DataSource) {}

  /**
   * Run `work` in a transaction of the current project. Commits when it resolves, rolls back when it throws. Where the database
   * ends it for the sake of others (a deadlock), `work` runs again from its beginning: it changes nothing but rows.
   */
  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const joined = joinable();
    if (joined) return work(joined);
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.begin('BEGIN', work);
      } catch (error) {
        if (tries >= TRIES || !isConflict(error)) throw error;
        await sleep(Math.random() * PAUSE_MS * 2 ** tries);
      }
    }
  }

  /** A short read-only unit, on one snapshot. Joins an open unit. */
  read<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const joined = joinable();
    return joined ? work(joined) : this.begin('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work);
  }

  /** The open unit. Throws when there is none: what calls this belongs inside `run`. */
  current(): Transaction {
    const transaction = open.getStore();
    if (!transaction) throw new Error('no unit of work is open: call this inside UnitOfWork.run()');
    return transaction;
  }

  private async begin<T>(statement: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { projectId } = currentContext();
    const runner = this.database.createQueryRunner();
    const transaction = new Transaction(runner, projectId);
    // Apart from the rest: without a connection there is nothing to roll back.
    await runner.connect();
    try {
      // BEGIN and the project travel in one round trip.
      await runner.query(`${statement}; SET LOCAL app.project = '${uuid(projectId)}'`);
      mark(runner, true);
      const result = await open.run(transaction, () => work(transaction));
      mark(runner, false);
      await runner.query('COMMIT');
      for (const callback of transaction.afterCommit) callback();
      return result;
    } catch (error) {
      mark(runner, false);
      await runner.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

/** Tell TypeORM that a transaction is open, so that its own save() opens none inside ours. */
function mark(runner: QueryRunner, active: boolean): void {
  (runner as { isTransactionActive: boolean }).isTransactionActive = active;
}

/** The open unit, if it is of this call's project: a unit never spans two. */
function joinable(): Transaction | undefined {
  const transaction = open.getStore();
  return transaction?.projectId === currentContext().projectId ? transaction : undefined;
}

function uuid(value: string): string {
  if (!isId(value)) throw new Error(`not a project id: ${JSON.stringify(value)}`);
  return value;
}
