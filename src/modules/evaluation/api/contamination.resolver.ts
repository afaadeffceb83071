import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { Loaders } from '../../../platform/graphql/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { ModelVersionModel } from '../../registry/api/model.model.js';
import { ContaminationReader } from '../contamination/contamination.reader.js';
import { ContaminationService } from '../contamination/contamination.service.js';
import { ContaminationFindingPage, ContaminationReportModel } from './contamination.model.js';
import { ContaminationArgs, ContaminationBody, ContaminationFindingsArgs } from './contamination.request.js';

@Resolver(() => ModelVersionModel)
export class ContaminationResolver {
  constructor(
    private readonly service: ContaminationService,
    private readonly reader: ContaminationReader,
    private readonly loaders: Loaders,
  ) {}

  @Query(() => ContaminationFindingPage, { description: 'Every tested row that stands in training data.' })
  @Requires('read')
  contaminationFindings(
    @Args() { id, ...page }: ContaminationFindingsArgs,
  ): Promise<ContaminationFindingPage> {
    return this.reader.findings(id, page);
  }

  @Mutation(() => JobModel, {
    description: 'Count tested rows in all training data of the lineage; what was counted stays.',
  })
  @Requires('contribute')
  countContamination(
    @Args('modelVersion') modelVersion: string,
    @Args('input') input: ContaminationBody,
  ): Promise<JobModel> {
    return this.service.request(modelVersion, input);
  }

  @ResolveField(() => ContaminationReportModel, {
    nullable: true,
    description:
      'What it was trained on by its whole lineage, and how much of its test stands there; null where nothing says what it is tested on.',
  })
  async contamination(
    @Parent() { id }: ModelVersionModel,
    @Args() request: ContaminationArgs,
  ): Promise<ContaminationReportModel | null> {
    const { datasetVersion, scope } = request;
    const loader = this.loaders.of(
      `ModelVersion.contamination ${JSON.stringify([datasetVersion, scope])}`,
      (ids: readonly string[]) => this.service.reports(ids, request),
    );
    return (await loader.load(id)) ?? null;
  }
}
