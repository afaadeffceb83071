import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import { lockPlan } from './plan-lock.js';

/** Rows of subjects that wait to become a version. */
@Injectable()
export class WaitingRows {
  constructor(private readonly units: UnitOfWork) {}

  /** How many rows of a subject wait, over all plans. */
  async of(lookup: Buffer): Promise<number> {
    const [row] = await this.units.read((tx) =>
      tx.query<{ n: number }>('SELECT count(*)::integer AS n FROM sampled_row WHERE subject_lookup = $1', [
        lookup,
      ]),
    );
    return row!.n;
  }

  /** Deletes what they hold; their places stay, so that samples stay what they are of all others. Inside UnitOfWork.run, before it writes. */
  async erase(lookup: Buffer): Promise<number> {
    const tx = this.units.current();
    const plans = await tx.query<{ id: string }>('SELECT id FROM sampling_plan ORDER BY id');
    for (const { id } of plans) await lockPlan(tx, id);
    const erased = await tx.query(
      'UPDATE sampled_row SET fields = NULL, subject_lookup = NULL WHERE subject_lookup = $1 RETURNING ordinal',
      [lookup],
    );
    return erased.length;
  }

  /** How many rows of a sample still hold something. */
  async left(planId: string, no: number): Promise<number> {
    const [row] = await this.units.read((tx) =>
      tx.query<{ n: number }>(
        'SELECT count(*)::integer AS n FROM sampled_row WHERE plan_id = $1 AND sample_no = $2 AND fields IS NOT NULL',
        [planId, no],
      ),
    );
    return row!.n;
  }

  /** Inside UnitOfWork.run. */
  async drop(planId: string, no: number): Promise<void> {
    await this.units.current().query('SELECT drop_sampled_rows($1, $2, NULL)', [planId, no]);
  }
}
