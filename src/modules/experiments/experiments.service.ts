import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/index.js';
import { currentContext } from '../../platform/context/index.js';
import { newId, UnitOfWork } from '../../platform/database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../../platform/http/page.js';
import { experimentExists, experimentNotFound } from './experiments.errors.js';
import { EXPERIMENT } from './experiment.records.js';

/** A question that runs try to answer. */
export interface ExperimentView {
  id: string;
  name: string;
  description: string;
  createdAt: Date;
  /** Actor id. */
  createdBy: string;
}

const COLUMNS = `id, name, description, created_at AS "createdAt", created_by AS "createdBy"`;

@Injectable()
export class ExperimentsService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly audit: AuditLog,
  ) {}

  /** Throws EXPERIMENT_EXISTS. */
  create(request: { name: string; description?: string }): Promise<ExperimentView> {
    return this.units.run(async (tx) => {
      const [experiment] = await tx.query<ExperimentView>(
        `INSERT INTO experiment (id, name, description, created_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (project_id, name) DO NOTHING RETURNING ${COLUMNS}`,
        [newId(), request.name, request.description ?? '', currentContext().actor.id],
      );
      if (!experiment) throw experimentExists(request.name);
      await this.audit.record({
        action: 'experiment.created',
        subject: { kind: 'experiment', id: experiment.id },
        body: { name: experiment.name, description: experiment.description },
        records: [{ kind: EXPERIMENT, id: experiment.id }],
      });
      return experiment;
    });
  }

  /** Newest first. */
  list(page: PageRequest): Promise<Page<ExperimentView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<ExperimentView>(
        `SELECT ${COLUMNS} FROM experiment WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
        [after?.[0] ?? null, size + 1],
      );
      return toPage(rows, size, (row) => [row.id]);
    });
  }

  /** Throws EXPERIMENT_NOT_FOUND. */
  byName(name: string): Promise<ExperimentView> {
    return this.units.read(async (tx) => {
      const [experiment] = await tx.query<ExperimentView>(
        `SELECT ${COLUMNS} FROM experiment WHERE name = $1`,
        [name],
      );
      if (!experiment) throw experimentNotFound(name);
      return experiment;
    });
  }

  /** Unknown ids are absent from the answer. One statement. */
  byIds(ids: readonly string[]): Promise<Map<string, ExperimentView>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<ExperimentView>(
        `SELECT ${COLUMNS} FROM experiment WHERE id = ANY($1::uuid[])`,
        [ids],
      );
      return new Map(rows.map((row) => [row.id, row]));
    });
  }
}
