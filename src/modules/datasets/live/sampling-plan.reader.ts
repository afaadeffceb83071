import { Injectable } from '@nestjs/common';
import { type Transaction, UnitOfWork } from '../../../platform/database/index.js';
import { NotFoundError } from '../../../platform/errors/index.js';
import { decodeCursor, type Page, type PageRequest, pageSize, toPage } from '../../../platform/http/page.js';
import {
  type LiveSampleRow,
  type LiveSampleView,
  PLAN_SELECT,
  SAMPLE_SELECT,
  type SamplingPlanRow,
  type SamplingPlanView,
  toPlan,
  toSample,
} from './sampling-plan.view.js';

/** Sampling plans and their samples, as they are read. */
@Injectable()
export class SamplingPlanReader {
  constructor(private readonly units: UnitOfWork) {}

  /** Throws SAMPLING_PLAN_NOT_FOUND. */
  async byName(name: string): Promise<SamplingPlanView> {
    const plan = await this.units.read((tx) => planOf(tx, name));
    if (plan) return plan;
    throw new NotFoundError(
      'SAMPLING_PLAN_NOT_FOUND',
      `There is no sampling plan ${JSON.stringify(name.slice(0, 120))} in this project.`,
      {
        remedy:
          'GET sampling-plans lists them; each goes by the dataset that its samples become versions of.',
      },
    );
  }

  /** By name. */
  async list(page: PageRequest): Promise<Page<SamplingPlanView>> {
    const size = pageSize(page.first);
    const [after] = decodeCursor(page.after, 1) ?? [null];
    const rows = await this.units.read((tx) =>
      tx.query<SamplingPlanRow>(
        `${PLAN_SELECT} WHERE $1::text IS NULL OR lower(p.dataset) > $1 ORDER BY lower(p.dataset) LIMIT $2`,
        [after, size + 1],
      ),
    );
    return toPage(rows.map(toPlan), size, ({ dataset }) => [dataset.toLowerCase()]);
  }

  /** Of a plan, newest first. Throws SAMPLING_PLAN_NOT_FOUND. */
  async samples(name: string, page: PageRequest): Promise<Page<LiveSampleView>> {
    const { id } = await this.byName(name);
    const size = pageSize(page.first);
    const [before] = decodeCursor(page.after, 1) ?? [null];
    const rows = await this.units.read((tx) =>
      tx.query<LiveSampleRow>(
        `${SAMPLE_SELECT} WHERE s.plan_id = $1 AND ($2::integer IS NULL OR s.no < $2) ORDER BY s.no DESC LIMIT $3`,
        [id, before, size + 1],
      ),
    );
    return toPage(rows.map(toSample), size, ({ no }) => [no]);
  }

  /** Throws LIVE_SAMPLE_NOT_FOUND. */
  async sample(id: string): Promise<LiveSampleView> {
    const [row] = await this.units.read((tx) =>
      tx.query<LiveSampleRow>(`${SAMPLE_SELECT} WHERE s.id = $1`, [id]),
    );
    if (!row)
      throw new NotFoundError('LIVE_SAMPLE_NOT_FOUND', `There is no live sample ${id} in this project.`);
    return toSample(row);
  }

  /** The newest that is a dataset version, with its plan and the seconds since a row was last offered for it; null: there is none. */
  async latest(
    name: string,
  ): Promise<{ plan: SamplingPlanView; sample: LiveSampleView | null; ageSeconds: number } | null> {
    return this.units.read(async (tx) => {
      const plan = await planOf(tx, name);
      if (!plan) return null;
      const [row] = await tx.query<LiveSampleRow & { age: number }>(
        `SELECT each.*, extract(epoch FROM clock_timestamp() - each."lastOfferedAt")::double precision AS age
         FROM (${SAMPLE_SELECT} WHERE s.plan_id = $1 AND s.dataset_version_id IS NOT NULL ORDER BY s.no DESC LIMIT 1) each`,
        [plan.id],
      );
      if (!row) return { plan, sample: null, ageSeconds: Infinity };
      const { age, ...sample } = row;
      return { plan, sample: toSample(sample), ageSeconds: age };
    });
  }
}

async function planOf(tx: Transaction, name: string): Promise<SamplingPlanView | undefined> {
  const [row] = await tx.query<SamplingPlanRow>(`${PLAN_SELECT} WHERE lower(p.dataset) = lower($1)`, [name]);
  return row && toPlan(row);
}
