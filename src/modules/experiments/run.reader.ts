import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../../platform/http/page.js';
import { runNotFound } from './experiments.errors.js';
import { RUN_COLUMNS, toRunView, type RunRow, type RunView } from './run.view.js';

type Owned = RunRow & { owner: string };

/** Runs as other modules read them. Every method is one statement, however many runs it answers with. */
@Injectable()
export class RunReader {
  constructor(private readonly units: UnitOfWork) {}

  /** Throws RUN_NOT_FOUND. */
  async byId(id: string): Promise<RunView> {
    const run = (await this.byIds([id])).get(id.toLowerCase());
    if (!run) throw runNotFound(id);
    return run;
  }

  /** Unknown ids are absent from the answer. */
  byIds(ids: readonly string[]): Promise<Map<string, RunView>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<RunRow>(
        `SELECT ${RUN_COLUMNS} FROM run r JOIN experiment e ON e.id = r.experiment_id WHERE r.id = ANY($1::uuid[])`,
        [ids],
      );
      return new Map(rows.map((row) => [row.id, toRunView(row)]));
    });
  }

  /** Runs of the project, newest first; of one experiment when its id is given. */
  list(page: PageRequest, experimentId?: string): Promise<Page<RunView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<RunRow>(
        `WITH page AS (
           SELECT * FROM run
           WHERE ($1::uuid IS NULL OR experiment_id = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
         )
         SELECT ${RUN_COLUMNS} FROM page r JOIN experiment e ON e.id = r.experiment_id ORDER BY r.id DESC`,
        [experimentId ?? null, after?.[0] ?? null, size + 1],
      );
      return toPage(rows.map(toRunView), size, (run) => [run.id]);
    });
  }

  /** One page of runs, newest first, for each experiment. */
  ofExperiments(experimentIds: readonly string[], page: PageRequest): Promise<Map<string, Page<RunView>>> {
    return this.pages(experimentIds, page, 'SELECT * FROM run WHERE experiment_id = owner.id');
  }

  /** One page of runs that read each dataset version, newest first. */
  ofDatasetVersions(
    datasetVersionIds: readonly string[],
    page: PageRequest,
  ): Promise<Map<string, Page<RunView>>> {
    return this.pages(
      datasetVersionIds,
      page,
      `SELECT * FROM run WHERE id IN (SELECT run_id FROM run_input WHERE dataset_version_id = owner.id)`,
    );
  }

  private pages(
    owners: readonly string[],
    page: PageRequest,
    runsOfOwner: string,
  ): Promise<Map<string, Page<RunView>>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<Owned>(
        `SELECT owner.id AS owner, ${RUN_COLUMNS}
         FROM unnest($1::uuid[]) AS owner(id)
         CROSS JOIN LATERAL (${runsOfOwner} AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3) r
         JOIN experiment e ON e.id = r.experiment_id ORDER BY r.id DESC`,
        [owners, after?.[0] ?? null, size + 1],
      );
      const byOwner = new Map<string, RunView[]>(owners.map((id) => [id, []]));
      for (const { owner, ...row } of rows) byOwner.get(owner)?.push(toRunView(row));
      return new Map([...byOwner].map(([id, runs]) => [id, toPage(runs, size, (run) => [run.id])]));
    });
  }
}
