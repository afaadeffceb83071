import { Args, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { ContinualService } from '../continual/continual.service.js';
import { ContinualReportModel } from './continual.model.js';
import { ContinualReportRequest } from './continual.request.js';

@Resolver()
export class ContinualResolver {
  constructor(private readonly continual: ContinualService) {}

  @Query(() => ContinualReportModel, {
    description: 'What a model kept, transferred and forgot along a sequence of tasks.',
  })
  @Requires('read')
  async continualReport(@Args('input') input: ContinualReportRequest): Promise<ContinualReportModel> {
    return ContinualReportModel.of(await this.continual.report(input));
  }
}
