import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../../platform/http/page.js';
import { runNotFound } from './experiments.errors.js';

/** A stored value of a metric. */
export interface MetricPointView {
  key: string;
  /** Any double, NaN and the infinities included. */
  value: number;
  step: number;
  /** Milliseconds since 1970 UTC. */
  timestamp: number;
}

interface PointRow {
  runId: string;
  key: string;
  value: number;
  /** bigint comes as text. */
  step: string;
  timestamp: string;
}

/** The values of one metric over a run, in the order of (step, timestamp, value). */
@Injectable()
export class MetricHistoryReader {
  constructor(private readonly units: UnitOfWork) {}

  /** A metric that was never logged has an empty history. Throws RUN_NOT_FOUND. */
  async ofRun(runId: string, key: string, page: PageRequest): Promise<Page<MetricPointView>> {
    return this.units.read(async (tx) => {
      const [run] = await tx.query<{ id: string }>('SELECT id FROM run WHERE id = $1', [runId]);
      if (!run) throw runNotFound(runId);
      const pages = await this.ofRuns([run.id], key, page);
      return pages.get(run.id) ?? { items: [], endCursor: null, hasNextPage: false };
    });
  }

  /** One page of the history of `key` for each run, in one statement. */
  ofRuns(
    runIds: readonly string[],
    key: string,
    page: PageRequest,
  ): Promise<Map<string, Page<MetricPointView>>> {
    const size = pageSize(page.first);
    const [step, timestamp, value] = decodeCursor(page.after, 3) ?? [null, null, null];
    return this.units.read(async (tx) => {
      const rows = await tx.query<PointRow>(
        `SELECT owner.id AS "runId", point.key, point.value, point.step, point.timestamp_ms AS timestamp
         FROM unnest($1::uuid[]) AS owner(id)
         CROSS JOIN LATERAL (
           SELECT * FROM run_metric WHERE run_id = owner.id AND key = $2
           AND ($3::bigint IS NULL OR (step, timestamp_ms, value) > ($3::bigint, $4::bigint, $5::float8))
           ORDER BY step, timestamp_ms, value LIMIT $6
         ) point
         ORDER BY point.step, point.timestamp_ms, point.value`,
        [runIds, key, step, timestamp, value, size + 1],
      );
      const byRun = new Map<string, MetricPointView[]>(runIds.map((id) => [id, []]));
      for (const { runId, ...row } of rows) {
        byRun.get(runId)?.push({ ...row, step: Number(row.step), timestamp: Number(row.timestamp) });
      }
      return new Map([...byRun].map(([id, points]) => [id, toPage(points, size, cursorOf)]));
    });
  }
}

/** The value travels as text: a cursor is JSON, which has no NaN. */
function cursorOf(point: MetricPointView): [number, number, string] {
  return [point.step, point.timestamp, String(point.value)];
}
