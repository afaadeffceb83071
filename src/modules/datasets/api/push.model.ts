import { Output, Prop } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';

@Output('DatasetPushAccepted', 'A push that will become a dataset version, or say why not.')
export class PushAcceptedModel {
  @Prop(() => JobModel, {
    description: 'The job; its result names the version, its content id, and rows and root of each split.',
  })
  job: JobModel;
}
