import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AuditEntries } from '../../src/platform/audit/audit-entries.service.js';
import { AuditExport } from '../../src/platform/audit/audit-export.service.js';
import { AuditLog, AuditProofs, AuditSequencer } from '../../src/platform/audit/index.js';
import { Secrets } from '../../src/platform/config/index.js';
import { runInContext } from '../../src/platform/context/index.js';
import { newId, UnitOfWork } from '../../src/platform/database/index.js';
import type { Permission } from '../../src/platform/auth/roles.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** The audit log on a real database, without the rest of the service around it. */
export class AuditBench {
  private constructor(
    readonly database: TestDatabase,
    readonly source: DataSource,
    readonly secrets: Secrets,
    readonly home: string,
  ) {}

  readonly uow = new UnitOfWork(this.source);
  readonly sequencer = new AuditSequencer(this.source, this.secrets);
  readonly log = new AuditLog(this.uow, this.sequencer);
  readonly entries = new AuditEntries(this.uow);
  readonly proofs = new AuditProofs(this.uow, this.sequencer);
  readonly exporter = new AuditExport(this.uow);

  static async open(): Promise<AuditBench> {
    const database = await createTestDatabase();
    const home = await mkdtemp(join(tmpdir(), 'assay-audit-'));
    const source = new DataSource({ type: 'postgres', url: database.appUrl, poolSize: 12 });
    await source.initialize();
    return new AuditBench(database, source, await Secrets.open(home), home);
  }

  async close(): Promise<void> {
    await this.sequencer.onModuleDestroy();
    await this.source.destroy();
    await this.database.drop();
    await rm(this.home, { recursive: true, force: true });
  }

  /** A sequencer as another process would have it. */
  anotherSequencer(): AuditSequencer {
    return new AuditSequencer(this.source, this.secrets);
  }

  async newProject(): Promise<string> {
    const id = newId();
    await this.database.admin.query('INSERT INTO project (id, name) VALUES ($1, $2)', [
      id,
      `p${id.slice(-12)}`,
    ]);
    return id;
  }

  in<T>(projectId: string, work: () => T, permissions: Permission[] = ['read', 'audit']): T {
    const actor = { kind: 'key' as const, id: 'k1', name: 'tester', permissions: new Set(permissions) };
    return runInContext({ requestId: 'q1', projectId, projectName: 'p', actor }, work);
  }

  record(projectId: string, id: string, body: object = { id }): Promise<void> {
    return this.in(projectId, () =>
      this.uow.run(() => this.log.record({ action: 'thing.made', subject: { kind: 'thing', id }, body })),
    );
  }

  async exportLines(projectId: string, permissions?: Permission[]): Promise<string[]> {
    const text = await this.in(
      projectId,
      async () => {
        let all = '';
        for await (const part of this.exporter.lines()) all += part;
        return all;
      },
      permissions,
    );
    return text.trimEnd().split('\n');
  }

  /** Subject ids in the order of the tree, as the database holds them. */
  async subjects(): Promise<string[]> {
    const { rows } = await this.database.admin.query<{ subject_id: string; entry_index: string }>(
      'SELECT l.subject_id, e.entry_index FROM audit_entry e JOIN audit_leaf l ON l.id = e.leaf_id ORDER BY e.entry_index',
    );
    rows.forEach(({ entry_index }, i) => {
      if (Number(entry_index) !== i) throw new Error(`entry ${entry_index} stands at place ${i}`);
    });
    return rows.map(({ subject_id }) => subject_id);
  }
}
