import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/index.js';
import { currentContext } from '../../platform/context/index.js';
import { newId, UnitOfWork, type Transaction } from '../../platform/database/index.js';
import { DigestReader } from '../datasets/index.js';
import { LineageService } from '../lineage/index.js';
import { RUN } from './experiment.records.js';
import { nothingLogged, runEnded, runNotFound } from './experiments.errors.js';
import { ExperimentsService } from './experiments.service.js';
import { toJsonMetricValue } from './metric-value.js';
import { RunLog, type MetricPoint } from './run-log.js';
import { RunReader } from './run.reader.js';
import { canMoveRun, type EndedRunStatus, type RunStatus } from './run.state.js';
import type { RunInputView, RunView } from './run.view.js';

export interface RunEntries {
  params?: Record<string, string>;
  metrics?: MetricPoint[];
  tags?: Record<string, string>;
}

export interface RunInput {
  /** NAME@VERSION, NAME (its latest version), an id, or a digest: `DigestReader.byRef`. */
  datasetVersion: string;
  /** Default `train`. */
  context?: string;
}

export interface NewRun {
  experiment: string;
  name?: string;
  params?: Record<string, string>;
  tags?: Record<string, string>;
  inputs?: RunInput[];
}

/** As the audit log tells it. `named`: by a digest of another tool's. */
type NamedInput = RunInputView & { named?: string };

const DEFAULT_CONTEXT = 'train';
/** Changes nothing of what the log attests of a run. */
const LOGGED = 'run.logged';

@Injectable()
export class RunsService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly audit: AuditLog,
    private readonly lineage: LineageService,
    private readonly datasets: DigestReader,
    private readonly experiments: ExperimentsService,
    private readonly log: RunLog,
    private readonly runs: RunReader,
  ) {}

  /** Start a run. Throws EXPERIMENT_NOT_FOUND, and what the dataset reader throws for unknown inputs. */
  create(request: NewRun): Promise<RunView> {
    return this.units.run(async (tx) => {
      const experiment = await this.experiments.byName(request.experiment);
      const id = newId();
      const name = request.name ?? `run-${id.slice(-8)}`;
      await tx.execute('INSERT INTO run (id, experiment_id, name, created_by) VALUES ($1, $2, $3, $4)', [
        id,
        experiment.id,
        name,
        currentContext().actor.id,
      ]);
      await this.lineage.addNode({ kind: 'run', id, label: `${experiment.name}/${name}` });
      await this.log.writeParams(id, request.params ?? {});
      await this.log.writeTags(id, request.tags ?? {});
      const inputs = await this.storeInputs(tx, id, request.inputs ?? []);
      await this.recordAudit('run.created', id, {
        experimentId: experiment.id,
        name,
        params: request.params ?? {},
        tags: request.tags ?? {},
        inputs,
      });
      return this.runs.byId(id);
    });
  }

  /**
   * Record params, metrics and tags: all of them or none. What is there already is no change, so a retry is safe.
   * Throws RUN_NOT_FOUND, RUN_ENDED (tags may still be set), PARAM_CHANGED, NOTHING_LOGGED.
   */
  append(runId: string, { params = {}, metrics = [], tags = {} }: RunEntries): Promise<void> {
    const results = Object.keys(params).length + metrics.length;
    if (results + Object.keys(tags).length === 0) throw nothingLogged();
    return this.units.run(async (tx) => {
      const id = await this.hold(tx, runId, results > 0 ? 'params and metrics are taken' : undefined);
      await this.log.writeParams(id, params);
      await this.log.writeMetrics(id, metrics);
      await this.log.writeTags(id, tags);
      const points = metrics.map((point) => ({ ...point, value: toJsonMetricValue(point.value) }));
      await this.recordAudit(LOGGED, id, { params, metrics: points, tags });
    });
  }

  /** Say which dataset versions a run reads. Throws RUN_NOT_FOUND, RUN_ENDED. */
  addInputs(runId: string, inputs: readonly RunInput[]): Promise<RunView> {
    return this.units.run(async (tx) => {
      const id = await this.hold(tx, runId, 'inputs are taken', 'NO KEY UPDATE');
      const stored = await this.storeInputs(tx, id, inputs);
      await this.recordAudit('run.inputs.added', id, { inputs: stored });
      return this.runs.byId(id);
    });
  }

  /** End a run. Ending it again in the same way is no change. Throws RUN_NOT_FOUND, RUN_ENDED. */
  finish(runId: string, status: EndedRunStatus): Promise<RunView> {
    return this.units.run(async (tx) => {
      const [run] = await tx.query<{ id: string; status: RunStatus }>(
        'SELECT id, status FROM run WHERE id = $1 FOR NO KEY UPDATE',
        [runId],
      );
      if (!run) throw runNotFound(runId);
      if (run.status !== status) {
        if (!canMoveRun(run.status, status)) throw runEnded(run.id, run.status, `it can become ${status}`);
        await tx.execute('UPDATE run SET status = $2, ended_at = now() WHERE id = $1', [run.id, status]);
        await this.recordAudit('run.ended', run.id, { status });
      }
      return this.runs.byId(run.id);
    });
  }

  /**
   * Keep the run from ending while something is written to it. `refused` says what an ended run does not take. What the log
   * attests is written by one at a time (`NO KEY UPDATE`).
   */
  private async hold(
    tx: Transaction,
    runId: string,
    refused?: string,
    lock: 'SHARE' | 'NO KEY UPDATE' = 'SHARE',
  ): Promise<string> {
    const [run] = await tx.query<{ id: string; status: RunStatus }>(
      `SELECT id, status FROM run WHERE id = $1 FOR ${lock}`,
      [runId],
    );
    if (!run) throw runNotFound(runId);
    if (refused !== undefined && run.status !== 'running') throw runEnded(run.id, run.status, refused);
    return run.id;
  }

  private async storeInputs(
    tx: Transaction,
    runId: string,
    inputs: readonly RunInput[],
  ): Promise<NamedInput[]> {
    const stored: NamedInput[] = [];
    for (const { datasetVersion, context = DEFAULT_CONTEXT } of inputs) {
      const { id: datasetVersionId } = await this.datasets.byRef(datasetVersion);
      // Which version a digest means may become ambiguous later: the log says what was asked for.
      const named = datasetVersion.includes(':') ? { named: datasetVersion } : {};
      stored.push({ datasetVersionId, context, ...named });
    }
    if (stored.length === 0) return stored;
    await tx.execute(
      `INSERT INTO run_input (run_id, dataset_version_id, context)
       SELECT $1, * FROM unnest($2::uuid[], $3::text[]) ON CONFLICT DO NOTHING`,
      [runId, stored.map((input) => input.datasetVersionId), stored.map((input) => input.context)],
    );
    for (const id of new Set(stored.map((input) => input.datasetVersionId))) {
      // Whatever a run reads may shape its model, whatever the context says: consent and leakage follow this edge.
      await this.lineage.addEdge({
        from: { kind: 'datasetVersion', id },
        to: { kind: 'run', id: runId },
        relation: 'trained_on',
      });
    }
    return stored;
  }

  private recordAudit(action: string, runId: string, body: object): Promise<void> {
    const records = action === LOGGED ? [] : [{ kind: RUN, id: runId }];
    return this.audit.record({ action, subject: { kind: 'run', id: runId }, body, records });
  }
}
