import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { paramsChanged, type ChangedParam } from './experiments.errors.js';

/** One value of a metric. */
export interface MetricPoint {
  key: string;
  /** Any double, NaN and the infinities included. */
  value: number;
  /** Where in training: epoch, batch. A safe integer. */
  step: number;
  /** When, in milliseconds since 1970 UTC. A safe integer; absent: the database's clock. */
  timestamp?: number;
}

const INSERT_PARAMS = `
  INSERT INTO run_param (run_id, key, value)
  SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS given(key, value) ORDER BY key
  ON CONFLICT (run_id, key) DO NOTHING`;

const CHANGED_PARAMS = `
  SELECT given.key, stored.value AS stored, given.value AS given
  FROM unnest($2::text[], $3::text[]) AS given(key, value)
  JOIN run_param stored ON stored.run_id = $1 AND stored.key = given.key
  WHERE stored.value <> given.value ORDER BY given.key`;

const UPSERT_TAGS = `
  INSERT INTO run_tag (run_id, key, value)
  SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS given(key, value) ORDER BY key
  ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value WHERE run_tag.value <> excluded.value`;

/** History and latest values in one statement. Rows are locked in key order, so that two writers never deadlock. */
const INSERT_METRICS = `
  WITH point AS (
    SELECT key, step, coalesce(given_ms, (extract(epoch FROM now()) * 1000)::bigint) AS timestamp_ms, value
    FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::float8[]) AS given(key, step, given_ms, value)
  ), history AS (
    INSERT INTO run_metric (run_id, key, step, timestamp_ms, value)
    SELECT $1, key, step, timestamp_ms, value FROM point ORDER BY key, step, timestamp_ms, value
    ON CONFLICT DO NOTHING
  )
  INSERT INTO run_latest_metric AS latest (run_id, key, step, timestamp_ms, value)
  SELECT DISTINCT ON (key) $1::uuid, key, step, timestamp_ms, value FROM point
  ORDER BY key, step DESC, timestamp_ms DESC, value DESC
  ON CONFLICT (run_id, key) DO UPDATE
  SET step = excluded.step, timestamp_ms = excluded.timestamp_ms, value = excluded.value
  WHERE (excluded.step, excluded.timestamp_ms, excluded.value) > (latest.step, latest.timestamp_ms, latest.value)`;

/** What runs record, written one statement per kind however many entries a batch has. Inside UnitOfWork.run. */
@Injectable()
export class RunLog {
  constructor(private readonly units: UnitOfWork) {}

  /** The same value again is no change. Throws PARAM_CHANGED for another one. */
  async writeParams(runId: string, params: Readonly<Record<string, string>>): Promise<void> {
    const keys = Object.keys(params);
    if (keys.length === 0) return;
    const tx = this.units.current();
    const parameters = [runId, keys, Object.values(params)];
    if ((await tx.execute(INSERT_PARAMS, parameters)) === keys.length) return;
    const changed = await tx.query<ChangedParam>(CHANGED_PARAMS, parameters);
    if (changed.length > 0) throw paramsChanged(runId, changed);
  }

  /** The last value of a tag stands. */
  async writeTags(runId: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const keys = Object.keys(tags);
    if (keys.length > 0) await this.units.current().execute(UPSERT_TAGS, [runId, keys, Object.values(tags)]);
  }

  /** A point that is there already is no change. */
  async writeMetrics(runId: string, points: readonly MetricPoint[]): Promise<void> {
    if (points.length === 0) return;
    await this.units
      .current()
      .execute(INSERT_METRICS, [
        runId,
        points.map((point) => point.key),
        points.map((point) => point.step),
        points.map((point) => point.timestamp ?? null),
        points.map((point) => point.value),
      ]);
  }
}
