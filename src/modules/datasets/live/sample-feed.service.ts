import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../../domain/canonical/index.js';
import { admit, rankOf } from '../../../domain/sampling/index.js';
import { Draw } from '../../../domain/splitting/index.js';
import { AuditLog, Records } from '../../../platform/audit/index.js';
import { Secrets } from '../../../platform/config/index.js';
import { currentContext, may } from '../../../platform/context/index.js';
import { type Transaction, UnitOfWork } from '../../../platform/database/index.js';
import { DatasetReader } from '../dataset-reader.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { subjectWithdrawn } from '../provenance/read-subjects.js';
import { SubjectIndex } from '../provenance/subject-index.js';
import { lookupOf } from '../provenance/subject-keys.js';
import { fitRow, type OfferedRow } from './fit-row.js';
import { SAMPLING_PLAN } from './live.records.js';
import { lockPlan } from './plan-lock.js';
import { SamplingPlanReader } from './sampling-plan.reader.js';
import type { SamplingPlanView } from './sampling-plan.view.js';
import { subjectText } from './subject-text.js';

/** Rows of one batch at most. */
export const MAX_BATCH = 1_000;

interface Fitted {
  fields: (string | null)[];
  /** Null where nobody knows whom the row is about. */
  lookup: Buffer | null;
}

/** Takes rows as they come in. */
@Injectable()
export class SampleFeed {
  constructor(
    private readonly units: UnitOfWork,
    private readonly plans: SamplingPlanReader,
    private readonly datasets: DatasetReader,
    private readonly subjects: SubjectIndex,
    private readonly secrets: Secrets,
    private readonly records: Records,
    private readonly audit: AuditLog,
  ) {}

  /** Offers rows for the sample that is being fed: all or none. Throws SAMPLING_PLAN_NOT_FOUND, LIVE_ROW_INVALID, SUBJECT_WITHDRAWN. */
  offer(name: string, rows: readonly OfferedRow[]): Promise<SamplingPlanView> {
    return this.units.run(async (tx) => {
      const { id, datasetVersionId, subjectColumn } = await this.plans.byName(name);
      const version = await this.datasets.byRef(datasetVersionId);
      const fitted = await this.fitted(version, subjectColumn, rows);
      await lockPlan(tx, id);
      const plan = await this.plans.byName(name);
      await this.records.require([{ kind: SAMPLING_PLAN, id }]);
      await this.place(tx, plan, fitted);
      await tx.execute(
        `UPDATE sampling_plan SET offered = offered + $2, untrusted = untrusted + $3,
           first_offered_at = coalesce(first_offered_at, clock_timestamp()), last_offered_at = clock_timestamp() WHERE id = $1`,
        [id, rows.length, may('policy') ? 0 : rows.length],
      );
      await this.audit.record({
        action: 'sampling.rows.offered',
        subject: { kind: 'samplingPlan', id },
        body: {
          dataset: plan.dataset,
          sample: plan.sampleNo,
          first: plan.offered + 1,
          rows: rows.length,
          digest: this.digest(fitted),
        },
        records: [{ kind: SAMPLING_PLAN, id }],
      });
      return this.plans.byName(name);
    });
  }

  private async fitted(
    { schema: { columns } }: DatasetVersionView,
    subjectColumn: string | null,
    rows: readonly OfferedRow[],
  ): Promise<Fitted[]> {
    const place = columns.findIndex(({ name }) => name === subjectColumn);
    const { key, withdrawn } = await this.subjects.terms();
    const refused: number[] = [];
    const fitted = rows.map((row, i): Fitted => {
      const fields = fitRow(columns, row, i + 1);
      const text = place < 0 ? null : subjectText(columns[place]!.type, fields[place] ?? null);
      const lookup = text === null ? null : lookupOf(key, text);
      if (lookup !== null && withdrawn.has(lookup.toString('hex'))) refused.push(i + 1);
      return { fields, lookup };
    });
    if (refused.length > 0)
      throw subjectWithdrawn(
        `${refused.length} rows are about subjects whose consent was withdrawn; the first are rows ${refused.slice(0, 5).join(', ')}`,
        { column: subjectColumn, count: refused.length, rows: refused.slice(0, 5) },
      );
    return fitted;
  }

  /** The plan is locked: batches come one after the other. */
  private async place(tx: Transaction, plan: SamplingPlanView, rows: readonly Fitted[]): Promise<void> {
    const { id, sampleNo, capacity, seed, offered } = plan;
    // Under a secret, or whoever feeds it could choose which of their rows come in.
    const draw = new Draw(seed, this.secret());
    const places = rows.map((_, i) => {
      const ordinal = offered + 1 + i;
      return { ordinal, rank: rankOf(draw, sampleNo, ordinal) };
    });
    const [count] = await tx.query<{ held: number }>(
      'SELECT count(*)::integer AS held FROM sampled_row WHERE plan_id = $1 AND sample_no = $2',
      [id, sampleNo],
    );
    const highest = await tx.query<{ ordinal: string; rank: number }>(
      `SELECT ordinal, rank FROM sampled_row WHERE plan_id = $1 AND sample_no = $2 ORDER BY rank DESC, ordinal DESC LIMIT $3`,
      [id, sampleNo, rows.length],
    );
    const held = highest.map((each) => ({ ordinal: Number(each.ordinal), rank: each.rank }));
    const { entering, leaving } = admit(count!.held, held, places, capacity);
    if (leaving.length > 0)
      await tx.query('SELECT drop_sampled_rows($1, $2, $3::bigint[])', [id, sampleNo, leaving]);
    const taken = entering.map((ordinal) => {
      const at = ordinal - offered - 1;
      return { ...rows[at]!, ordinal, rank: places[at]!.rank };
    });
    await tx.execute(
      `INSERT INTO sampled_row (plan_id, sample_no, ordinal, rank, subject_lookup, fields)
       SELECT $1, $2, r.ordinal, r.rank, r.lookup, r.fields::json
       FROM unnest($3::bigint[], $4::double precision[], $5::bytea[], $6::text[]) AS r(ordinal, rank, lookup, fields)`,
      [
        id,
        sampleNo,
        taken.map(({ ordinal }) => ordinal),
        taken.map(({ rank }) => rank),
        taken.map(({ lookup }) => lookup),
        taken.map(({ fields }) => JSON.stringify(fields)),
      ],
    );
  }

  /** Keyed: a plain digest would tell whether a guessed row was in, also once it is erased. */
  private digest(rows: readonly Fitted[]): string {
    const text = canonicalJson(rows.map(({ fields }) => fields));
    return createHmac('sha256', this.secret()).update(`live:${text}`).digest('hex');
  }

  private secret(): Buffer {
    return this.secrets.projectHmacKey(currentContext().projectId);
  }
}
