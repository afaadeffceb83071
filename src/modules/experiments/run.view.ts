import type { RunStatus } from './run.state.js';

/** A dataset version that a run read, and what for. */
export interface RunInputView {
  datasetVersionId: string;
  /** `train`, `validation`, or a word of the caller's. */
  context: string;
}

/** A run as other modules see it. */
export interface RunView {
  id: string;
  experimentId: string;
  /** Name of the experiment. */
  experiment: string;
  name: string;
  status: RunStatus;
  params: Record<string, string>;
  tags: Record<string, string>;
  /** The value of each metric at its last (step, timestamp, value); may be NaN or infinite. */
  latestMetrics: Record<string, number>;
  datasetVersionIds: RunInputView[];
  startedAt: Date;
  endedAt: Date | null;
  /** Actor id. */
  createdBy: string;
}

export interface RunRow extends Omit<RunView, 'latestMetrics'> {
  /** As text: JSON has no NaN. */
  latestMetrics: Record<string, string>;
}

/** Everything of a run in one row. `r` is the run and `e` its experiment. */
export const RUN_COLUMNS = `
  r.id, r.experiment_id AS "experimentId", e.name AS experiment, r.name, r.status,
  r.started_at AS "startedAt", r.ended_at AS "endedAt", r.created_by AS "createdBy",
  coalesce((SELECT json_object_agg(p.key, p.value ORDER BY p.key) FROM run_param p WHERE p.run_id = r.id), '{}') AS params,
  coalesce((SELECT json_object_agg(t.key, t.value ORDER BY t.key) FROM run_tag t WHERE t.run_id = r.id), '{}') AS tags,
  coalesce((SELECT json_object_agg(m.key, m.value::text ORDER BY m.key) FROM run_latest_metric m WHERE m.run_id = r.id), '{}')
    AS "latestMetrics",
  coalesce((SELECT json_agg(json_build_object('datasetVersionId', i.dataset_version_id, 'context', i.context)
    ORDER BY i.created_at, i.context, i.dataset_version_id) FROM run_input i WHERE i.run_id = r.id), '[]') AS "datasetVersionIds"`;

export function toRunView(row: RunRow): RunView {
  const latest = Object.entries(row.latestMetrics).map(([key, value]) => [key, Number(value)] as const);
  return { ...row, latestMetrics: Object.fromEntries(latest) };
}
