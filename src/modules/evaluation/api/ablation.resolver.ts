import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { AblationService } from '../ablation/ablation.service.js';
import { AblationReportRequest } from './ablation.request.js';

@Resolver()
export class AblationResolver {
  constructor(private readonly ablation: AblationService) {}

  @Mutation(() => JobModel, {
    description: 'What factors are worth, paired on the same rows; the report is the result of the job.',
  })
  @Requires('contribute')
  measureAblation(@Args('input') input: AblationReportRequest): Promise<JobModel> {
    return this.ablation.request(input);
  }
}
