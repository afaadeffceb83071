import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentContext, runInContext } from '../context/index.js';
import { newId, UnitOfWork } from '../database/index.js';
import { isJobProcess } from '../queue/process-role.js';
import { AuditLog } from './audit-log.service.js';
import type { RecordKind, RecordRef } from './record-kind.js';
import { RecordKinds } from './record-kinds.js';
import { recordIds } from './record-text.js';
import { contradicted } from './record-witness.js';

const RECORDS_PER_ENTRY = 100;
/** Any number, but the same for all who adopt. */
const LOCK = 4_650_004;
const ACTOR = { kind: 'system' as const, id: 'upgrade', name: 'Assay', permissions: new Set<never>() };

/**
 * Attests, once for each project of a database from before records were attested, what is stored there: from then on a record
 * that no entry recorded is one that somebody put there. What older entries contradict is not attested. The log shows what was adopted, and when.
 */
@Injectable()
export class RecordAdoption implements OnApplicationBootstrap {
  private readonly logger = new Logger(RecordAdoption.name);

  constructor(
    private readonly database: DataSource,
    private readonly uow: UnitOfWork,
    private readonly log: AuditLog,
    private readonly kinds: RecordKinds,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (isJobProcess()) return;
    const projects = await this.database.query<{ id: string; name: string }[]>(
      'SELECT id, name FROM audit_to_adopt()',
    );
    for (const { id, name } of projects) {
      const context = { requestId: `adopt-${newId()}`, projectId: id, projectName: name, actor: ACTOR };
      const adopted = await runInContext(context, () => this.adopt());
      this.logger.log({ msg: 'records of an earlier version attested', project: name, adopted });
    }
  }

  private async adopt(): Promise<number> {
    let adopted = 0;
    for (const kind of this.kinds.all) {
      for (let after: string | null = null; ;) {
        const ids: string[] = await this.uow.read((tx) =>
          recordIds((sql, values) => tx.query(sql, values), kind, after, RECORDS_PER_ENTRY),
        );
        adopted += await this.attest(kind, ids);
        if (ids.length < RECORDS_PER_ENTRY) break;
        after = ids.at(-1)!;
      }
    }
    await this.uow.run((tx) => tx.query('SELECT audit_adopted($1)', [currentContext().projectId]));
    return adopted;
  }

  /** Those that no entry attests yet. Several processes may start at once. */
  private attest(kind: RecordKind, ids: readonly string[]): Promise<number> {
    return this.uow.run(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const attested = await tx.query<{ id: string }>(
        'SELECT DISTINCT id FROM audit_record WHERE kind = $1 AND id = ANY($2::text[])',
        [kind.name, ids],
      );
      const known = new Set(attested.map(({ id }) => id));
      const fresh = ids.filter((id) => !known.has(id));
      const wrong = await contradicted((sql, values) => tx.query(sql, values), kind, fresh);
      for (const id of wrong) {
        const record = `${kind.name} ${id}`;
        this.logger.error({
          msg: 'a record is not what the audit log says of it, and is not attested',
          record,
        });
      }
      const adopted = fresh.filter((id) => !wrong.has(id)).map((id): RecordRef => ({ kind, id }));
      if (adopted.length === 0) return 0;
      const subject = { kind: 'project', id: currentContext().projectId };
      await this.log.record({ action: 'records.adopted', subject, body: {}, records: adopted });
      return adopted.length;
    });
  }
}
