import { Output, Prop } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';

@Output('AgreementAccepted', 'Ratings whose agreement is being measured.')
export class AgreementAcceptedModel {
  @Prop(() => JobModel, {
    description:
      'The job; its result is the report: raw agreement and every coefficient for the level with its 95 % interval, and per rater how often each category was given.',
  })
  job: JobModel;
}
