import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/index.js';
import { currentContext } from '../../platform/context/index.js';
import { newId, UnitOfWork } from '../../platform/database/index.js';
import { ConflictError, NotFoundError } from '../../platform/errors/index.js';
import { HOLDOUT_BUDGET, LOOK } from './dataset.records.js';
import type { LookBudget } from './dataset-version.js';

export interface Look {
  datasetVersionId: string;
  split: string;
  evaluationId: string;
  /** SHA-256 over the predictions: the same ones again are no new look. */
  predictionsDigest: string;
}

interface BudgetRow extends LookBudget {
  root: string;
}

/** Counts the looks at sealed splits: by rows, over every version and dataset of the project that holds them. */
@Injectable()
export class Looks {
  constructor(
    private readonly units: UnitOfWork,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Take one look, inside UnitOfWork.run of what is learned from it; concurrent takers wait. Identical predictions get the
   * look they had. Throws HOLDOUT_SPENT, and SPLIT_NOT_SEALED for a split without a budget.
   */
  async take(look: Look): Promise<{ look: number; budget: number }> {
    const tx = this.units.current();
    const { projectId, actor } = currentContext();
    const [state] = await tx.query<BudgetRow>(
      `SELECT b.split_root AS root, b.budget, b.used FROM holdout_budget b
       WHERE b.project_id = $3 AND b.split_root = (
         SELECT root FROM dataset_split WHERE dataset_version_id = $1 AND name = $2 AND sealed) FOR UPDATE`,
      [look.datasetVersionId, look.split, projectId],
    );
    if (!state) throw notSealed(look);
    const [earlier] = await tx.query<{ look: number }>(
      'SELECT look FROM look WHERE project_id = $1 AND split_root = $2 AND predictions_digest = $3',
      [projectId, state.root, look.predictionsDigest],
    );
    if (earlier) return { look: earlier.look, budget: state.budget };
    if (state.used >= state.budget) throw spent(look.split, state);
    const number = state.used + 1;
    await tx.execute('UPDATE holdout_budget SET used = $3 WHERE project_id = $1 AND split_root = $2', [
      projectId,
      state.root,
      number,
    ]);
    const id = newId();
    await tx.execute(
      `INSERT INTO look (id, project_id, split_root, look, dataset_version_id, split, evaluation_id, predictions_digest, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        id,
        projectId,
        state.root,
        number,
        look.datasetVersionId,
        look.split,
        look.evaluationId,
        look.predictionsDigest,
        actor.id,
      ],
    );
    const { datasetVersionId, ...facts } = look;
    await this.audit.record({
      action: 'dataset.split.looked_at',
      subject: { kind: 'datasetVersion', id: datasetVersionId },
      body: { ...facts, root: state.root, look: number, budget: state.budget },
      records: [
        { kind: LOOK, id },
        { kind: HOLDOUT_BUDGET, id: state.root },
      ],
    });
    return { look: number, budget: state.budget };
  }

  /** Null for an open split. Throws SPLIT_NOT_FOUND. */
  async remaining(
    datasetVersionId: string,
    split: string,
  ): Promise<(LookBudget & { remaining: number }) | null> {
    const [row] = await this.units.read((tx) =>
      tx.query<{ sealed: boolean; budget: number | null; used: number | null }>(
        `SELECT s.sealed, b.budget, b.used FROM dataset_split s
         LEFT JOIN holdout_budget b ON s.sealed AND b.project_id = s.project_id AND b.split_root = s.root
         WHERE s.dataset_version_id = $1 AND s.name = $2`,
        [datasetVersionId, split],
      ),
    );
    if (!row)
      throw new NotFoundError(
        'SPLIT_NOT_FOUND',
        `dataset version ${datasetVersionId} has no split ${JSON.stringify(split)}`,
      );
    if (!row.sealed) return null;
    if (row.budget === null || row.used === null) throw notSealed({ datasetVersionId, split });
    return { budget: row.budget, used: row.used, remaining: row.budget - row.used };
  }

  /** Give a sealed split its budget, inside UnitOfWork.run. Rows that have one keep the smaller of the two, and their looks. */
  async grant(splitRoot: string, budget: number): Promise<void> {
    await this.units.current().execute(
      `INSERT INTO holdout_budget (project_id, split_root, budget) VALUES ($1, $2, $3)
       ON CONFLICT (project_id, split_root)
       DO UPDATE SET budget = greatest(least(holdout_budget.budget, excluded.budget), holdout_budget.used, 1)`,
      [currentContext().projectId, splitRoot, budget],
    );
  }

  /** Rows that are part of others have their budget and their looks: leaving rows out makes no holdout fresh. Inside UnitOfWork.run. */
  async inherit(splitRoot: string, from: string): Promise<void> {
    await this.units.current().execute(
      `INSERT INTO holdout_budget (project_id, split_root, budget, used)
       SELECT project_id, $2, budget, used FROM holdout_budget WHERE project_id = $1 AND split_root = $3
       ON CONFLICT (project_id, split_root)
       DO UPDATE SET budget = greatest(least(holdout_budget.budget, excluded.budget), holdout_budget.used, 1)`,
      [currentContext().projectId, splitRoot, from],
    );
  }
}

const notSealed = ({ datasetVersionId, split }: Pick<Look, 'datasetVersionId' | 'split'>) =>
  new ConflictError(
    'SPLIT_NOT_SEALED',
    `split ${split} of dataset version ${datasetVersionId} is not sealed and has no budget of looks`,
  );

const spent = (split: string, { budget, used }: LookBudget) =>
  new ConflictError(
    'HOLDOUT_SPENT',
    `split ${split} has been looked at ${used} times, and its budget is ${budget}`,
    {
      remedy: 'Refresh the holdout: push a version whose sealed split has new rows.',
      split,
      budget,
      used,
    },
  );
