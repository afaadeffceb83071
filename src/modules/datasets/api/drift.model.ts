import { Output, Prop } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';

@Output('DriftAccepted', 'Two samples that are being compared.')
export class DriftAcceptedModel {
  @Prop(() => JobModel, {
    description:
      'The job; its result is the report: status, share of drifted columns, and per column the effect, p, Holm-adjusted p and sample sizes by every method.',
  })
  job: JobModel;
}
