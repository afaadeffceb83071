import { Injectable } from '@nestjs/common';
import { AuditLog, Records } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { newId, type Transaction, UnitOfWork } from '../../../platform/database/index.js';
import { ConflictError, NotFoundError } from '../../../platform/errors/index.js';
import { Jobs, type JobView } from '../../../platform/queue/index.js';
import { LIVE_SAMPLE, SAMPLING_PLAN } from './live.records.js';
import { lockPlan } from './plan-lock.js';
import { SamplingPlanReader } from './sampling-plan.reader.js';
import { type LiveSampleRow, SAMPLE_SELECT, type SamplingPlanView, toSample } from './sampling-plan.view.js';

export const SAMPLE = 'dataset.sample';

/** What the job is given. */
export interface SamplePlan {
  plan: string;
  liveSampleId: string;
}

/** Ends a sample, and has a dataset version made of it. */
@Injectable()
export class SampleTaking {
  constructor(
    private readonly units: UnitOfWork,
    private readonly plans: SamplingPlanReader,
    private readonly records: Records,
    private readonly audit: AuditLog,
    private readonly jobs: Jobs,
  ) {}

  /**
   * From here on rows are offered for the next sample. `no`: an earlier one, whose job failed. Throws SAMPLING_PLAN_NOT_FOUND,
   * LIVE_SAMPLE_EMPTY, LIVE_SAMPLE_NOT_FOUND, LIVE_SAMPLE_TAKEN, RECORD_ALTERED.
   */
  take(name: string, no: number | null): Promise<JobView> {
    return this.units.run(async (tx) => {
      const { id } = await this.plans.byName(name);
      await lockPlan(tx, id);
      const plan = await this.plans.byName(name);
      const sampleId =
        no === null || no === plan.sampleNo ? await this.end(tx, plan) : await this.earlier(tx, plan, no);
      const payload: SamplePlan = { plan: plan.dataset, liveSampleId: sampleId };
      return this.jobs.request(SAMPLE, payload, { kind: 'liveSample', id: sampleId });
    });
  }

  private async end(tx: Transaction, plan: SamplingPlanView): Promise<string> {
    if (plan.waiting === 0)
      throw new ConflictError(
        'LIVE_SAMPLE_EMPTY',
        `no row waits in sample ${plan.sampleNo} of ${plan.dataset}`,
        { remedy: 'Offer rows first: POST sampling-plans/NAME/rows.' },
      );
    const sampling = { kind: SAMPLING_PLAN, id: plan.id };
    await this.records.require([sampling]);
    const id = newId();
    await tx.execute(
      `INSERT INTO live_sample (id, plan_id, no, offered, untrusted, first_offered_at, last_offered_at, created_by)
       SELECT $2, id, sample_no, offered, untrusted, first_offered_at, last_offered_at, $3 FROM sampling_plan WHERE id = $1`,
      [plan.id, id, currentContext().actor.id],
    );
    await tx.execute(
      `UPDATE sampling_plan SET sample_no = sample_no + 1, offered = 0, untrusted = 0, first_offered_at = NULL, last_offered_at = NULL
       WHERE id = $1`,
      [plan.id],
    );
    await this.audit.record({
      action: 'sampling.sample.ended',
      subject: { kind: 'liveSample', id },
      body: {
        planId: plan.id,
        dataset: plan.dataset,
        no: plan.sampleNo,
        offered: plan.offered,
        waiting: plan.waiting,
      },
      records: [sampling, { kind: LIVE_SAMPLE, id }],
    });
    return id;
  }

  private async earlier(tx: Transaction, plan: SamplingPlanView, no: number): Promise<string> {
    const [row] = await tx.query<LiveSampleRow>(`${SAMPLE_SELECT} WHERE s.plan_id = $1 AND s.no = $2`, [
      plan.id,
      no,
    ]);
    if (!row)
      throw new NotFoundError('LIVE_SAMPLE_NOT_FOUND', `There is no sample ${no} of ${plan.dataset}.`, {
        remedy: `Sample ${plan.sampleNo} is being fed; leave the number out to take that one.`,
      });
    const sample = toSample(row);
    if (sample.datasetVersionId !== null)
      throw new ConflictError(
        'LIVE_SAMPLE_TAKEN',
        `sample ${no} of ${plan.dataset} is a dataset version already`,
        {
          remedy: `Leave the number out to take sample ${plan.sampleNo}, which is being fed.`,
          datasetVersionId: sample.datasetVersionId,
        },
      );
    return sample.id;
  }
}
