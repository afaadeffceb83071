import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { Loaders } from '../../../platform/graphql/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { AgreementService } from '../agreement/agreement.service.js';
import { DatasetsService } from '../datasets.service.js';
import { DriftService } from '../drift/drift.service.js';
import { AgreementReportRequest } from './agreement.request.js';
import { DatasetModel, DatasetPage, DatasetVersionModel } from './dataset.model.js';
import { PushDatasetVersionRequest } from './dataset.request.js';
import { DriftReportRequest } from './drift.request.js';

@Resolver(() => DatasetModel)
export class DatasetsResolver {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly drift: DriftService,
    private readonly agreement: AgreementService,
    private readonly loaders: Loaders,
  ) {}

  @Query(() => DatasetPage, { name: 'datasets', description: 'Datasets, by name.' })
  @Requires('read')
  list(@Args() page: PageArgs): Promise<DatasetPage> {
    return this.datasets.list(page);
  }

  @Query(() => DatasetModel, { name: 'dataset', description: 'A dataset by its name.' })
  @Requires('read')
  show(@Args('name') name: string): Promise<DatasetModel> {
    return this.datasets.get(name);
  }

  @Mutation(() => JobModel, {
    description: 'Push a version made of uploaded files; the first one creates the dataset.',
  })
  @Requires('contribute')
  pushDatasetVersion(
    @Args('name') name: string,
    @Args('input') input: PushDatasetVersionRequest,
  ): Promise<JobModel> {
    return this.datasets.push(name, input);
  }

  @Mutation(() => JobModel, {
    description: 'Compare two samples column by column; the report is the result of the job.',
  })
  @Requires('contribute')
  measureDrift(@Args('input') input: DriftReportRequest): Promise<JobModel> {
    return this.drift.request(input);
  }

  @Mutation(() => JobModel, {
    description:
      'How far annotators agree who rated the rows of a split; the report is the result of the job.',
  })
  @Requires('contribute')
  measureAgreement(@Args('input') input: AgreementReportRequest): Promise<JobModel> {
    return this.agreement.request(input);
  }

  @ResolveField(() => DatasetVersionModel, { description: 'Its latest version.', nullable: true })
  async latest(@Parent() { id }: DatasetModel): Promise<DatasetVersionModel | null> {
    const loader = this.loaders.of('Dataset.latest', (ids: readonly string[]) => this.datasets.latestOf(ids));
    return (await loader.load(id)) ?? null;
  }
}
