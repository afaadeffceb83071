import { Output, Prop } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';

@Output('AblationAccepted', 'Models that are being compared with the full one.')
export class AblationAcceptedModel {
  @Prop(() => JobModel, {
    description:
      'The job; its result is the report: per model the factors that differ, the difference in accuracy with its 95 % interval, p and Holm-adjusted p.',
  })
  job: JobModel;
}
