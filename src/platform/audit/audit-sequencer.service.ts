import { createPublicKey, hash } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import {
  TreeAppender,
  checkpointText,
  encodeNoteKey,
  parseCheckpoint,
  rawPublicKey,
  signNote,
  type StoredNode,
} from '../../domain/merkle/index.js';
import { Secrets } from '../config/index.js';
import { UnavailableError } from '../errors/index.js';
import { isJobProcess } from '../queue/process-role.js';
import { latestCheckpoint, readNodes } from './audit-tree.js';

const BATCH = 5_000;
/** All that wait: the greatest integer. */
const MOST = 2 ** 31 - 1;
const EVERY_MS = 1_000;
/** After a commit, long enough for its neighbours to share the batch. */
const NUDGE_MS = 20;
const WAIT_MS = 10_000;
/** Any number, but the same for all who integrate. */
const LOCK = 4_650_003;

/**
 * Puts leaves into the tree, in batches, each with a signed checkpoint. Every process has one, and an advisory lock
 * lets one of them work at a time. What is recorded is durable before this runs; this makes it provable.
 */
@Injectable()
export class AuditSequencer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AuditSequencer.name);
  private timer?: NodeJS.Timeout;
  private nudged?: NodeJS.Timeout;
  private running?: Promise<number>;
  private stopped = false;

  constructor(
    private readonly database: DataSource,
    private readonly secrets: Secrets,
  ) {}

  onApplicationBootstrap(): void {
    if (!isJobProcess()) this.timer = setInterval(() => this.integrateQuietly(), EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    clearTimeout(this.nudged);
    await this.running?.catch(() => undefined);
  }

  /** Integrate soon; called after a commit. A job process leaves it to the process it belongs to. */
  nudge(): void {
    if (this.stopped || this.nudged || isJobProcess()) return;
    this.nudged = setTimeout(() => {
      this.nudged = undefined;
      this.integrateQuietly();
    }, NUDGE_MS).unref();
  }

  /** Integrate all that may be integrated now. Answers how many leaves this process integrated. */
  integrate(): Promise<number> {
    this.running ??= this.drain().finally(() => (this.running = undefined));
    return this.running;
  }

  /** Wait until all that is committed now is in the tree. Outside any unit of work. Throws as `ensureIntegrated`. */
  async ensureAllIntegrated(): Promise<void> {
    const waiting = await nextLeaves(this.database, MOST);
    if (waiting.length > 0) await this.ensureIntegrated(waiting.map(({ leaf_id }) => leaf_id));
  }

  /**
   * Wait until committed leaves are in the tree. Outside any unit of work. Throws AUDIT_NOT_INTEGRATED when they are not
   * after ten seconds: the process that integrates is not done, or fails.
   */
  async ensureIntegrated(leafIds: readonly string[]): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    for (let pause = 5; ; pause = Math.min(pause * 2, 200)) {
      await this.integrate();
      const missing: unknown[] = await this.database.query(
        `SELECT FROM unnest($1::bigint[]) AS wanted(id)
          WHERE NOT EXISTS (SELECT FROM audit_entry WHERE leaf_id = wanted.id) LIMIT 1`,
        [leafIds],
      );
      if (missing.length === 0) return;
      if (Date.now() >= deadline) {
        throw new UnavailableError('AUDIT_NOT_INTEGRATED', 'what was recorded is not yet in the audit tree', {
          remedy:
            'Ask again in a few seconds. If it stays so, the log of the server says why integrating fails.',
        });
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  private integrateQuietly(): void {
    if (this.stopped) return;
    this.integrate().catch((error: unknown) => {
      if (!this.stopped)
        this.logger.error({ msg: 'integrating audit leaves failed, will try again', err: error });
    });
  }

  private async drain(): Promise<number> {
    const runner = this.database.createQueryRunner();
    try {
      let total = 0;
      for (;;) {
        const integrated = await this.integrateBatch(runner);
        total += integrated;
        if (integrated < BATCH || this.stopped) return total;
      }
    } finally {
      await runner.release();
    }
  }

  private async integrateBatch(runner: QueryRunner): Promise<number> {
    await runner.query('BEGIN');
    try {
      const [lock] = (await runner.query(`SELECT pg_try_advisory_xact_lock(${LOCK}) AS mine`)) as {
        mine: boolean;
      }[];
      // In a statement of its own after the lock, so that it sees what the last holder committed.
      const leaves = lock?.mine ? await nextLeaves(runner, BATCH) : [];
      if (leaves.length > 0) await this.append(runner, leaves);
      await runner.query('COMMIT');
      return leaves.length;
    } catch (error) {
      await runner.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  private async append(runner: QueryRunner, leaves: PendingLeaf[]): Promise<void> {
    const last = await latestCheckpoint((sql, values) => runner.query(sql, values));
    const size = last?.size ?? 0;
    const edge = await readNodes((sql, values) => runner.query(sql, values), TreeAppender.edgeOf(size));
    const completed: StoredNode[] = [];
    const appender = new TreeAppender(size, edge, (node) => {
      if (node.level > 0) completed.push(node);
    });
    for (const { leaf_hash } of leaves) appender.append(leaf_hash);
    const root = appender.root();
    const { note, publicKey } = this.sign(last && parseCheckpoint(last.note).origin, appender.size, root);
    await runner.query('SELECT audit_integrate($1, $2, $3, $4, $5, $6, $7, $8)', [
      size,
      leaves.map(({ leaf_id }) => leaf_id),
      completed.map(({ level }) => level),
      completed.map(({ index }) => index),
      completed.map(({ hash }) => hash),
      root,
      note,
      publicKey,
    ]);
  }

  /** A log keeps the name that its first key gave it, also when keys change. */
  private sign(origin: string | undefined, size: number, root: Buffer): { note: string; publicKey: string } {
    const publicKey = createPublicKey(this.secrets.signingKey);
    const name = origin ?? `assay/${hash('sha256', rawPublicKey(publicKey), 'hex').slice(0, 16)}`;
    const key = { name, publicKey };
    const note = signNote(checkpointText({ origin: name, size, root }), key, this.secrets.signingKey);
    return { note, publicKey: encodeNoteKey(key) };
  }
}

interface PendingLeaf {
  leaf_id: string;
  leaf_hash: Buffer;
}

/** Of the leaves that wait, the first `most`, in the order in which they go into the tree. */
function nextLeaves(database: DataSource | QueryRunner, most: number): Promise<PendingLeaf[]> {
  return database.query('SELECT leaf_id, leaf_hash FROM audit_next_leaves($1)', [most]);
}
