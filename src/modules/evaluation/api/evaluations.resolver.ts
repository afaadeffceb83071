import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { Loaders } from '../../../platform/graphql/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { DatasetReader } from '../../datasets/index.js';
import { DatasetVersionModel } from '../../datasets/api/dataset.model.js';
import { ModelReader } from '../../registry/index.js';
import { ModelVersionModel } from '../../registry/api/model.model.js';
import { EvaluationCharts } from '../evaluation-charts.service.js';
import { EvaluationReader } from '../evaluation.reader.js';
import { EvaluationsService } from '../evaluations.service.js';
import { EvaluationChartsModel } from './evaluation-charts.model.js';
import { EvaluationModel, EvaluationPage, EvaluationSplitModel } from './evaluation.model.js';
import { EvaluationListArgs, EvaluationRequestBody } from './evaluation.request.js';

@Resolver(() => EvaluationModel)
export class EvaluationsResolver {
  constructor(
    private readonly evaluations: EvaluationsService,
    private readonly reader: EvaluationReader,
    private readonly charts: EvaluationCharts,
    private readonly models: ModelReader,
    private readonly datasets: DatasetReader,
    private readonly loaders: Loaders,
  ) {}

  @Query(() => EvaluationModel, { name: 'evaluation', description: 'An evaluation by its id.' })
  @Requires('read')
  async show(@Args('id', { type: () => ID }) id: string): Promise<EvaluationModel> {
    return EvaluationModel.of(await this.reader.byId(id));
  }

  @Query(() => [EvaluationChartsModel], {
    name: 'evaluationCharts',
    description: 'What charts of the splits of an evaluation draw, or of one of them.',
  })
  @Requires('read')
  async showCharts(
    @Args('id', { type: () => ID }) id: string,
    @Args('split', { type: () => String, nullable: true }) split?: string | null,
  ): Promise<EvaluationChartsModel[]> {
    const all = await this.charts.ofEvaluation(id);
    return all.filter((one) => split === undefined || split === null || one.split === split);
  }

  @Query(() => EvaluationPage, { name: 'evaluations', description: 'Evaluations, newest first.' })
  @Requires('read')
  async list(@Args() query: EvaluationListArgs): Promise<EvaluationPage> {
    return EvaluationPage.of(await this.evaluations.list(query));
  }

  @Mutation(() => JobModel, {
    description: "Judge a model version's predictions; the job's result names the evaluation.",
  })
  @Requires('contribute')
  requestEvaluation(@Args('input') input: EvaluationRequestBody): Promise<JobModel> {
    return this.evaluations.request(input);
  }

  @ResolveField(() => [EvaluationSplitModel], { description: 'Its splits as a list, or one of them.' })
  results(
    @Parent() { splits }: EvaluationModel,
    @Args('split', { type: () => String, nullable: true }) split?: string | null,
  ): EvaluationSplitModel[] {
    return Object.values(splits)
      .filter((one) => split === undefined || split === null || one.split === split)
      .map((one) => EvaluationSplitModel.of(one));
  }

  @ResolveField(() => ModelVersionModel, {
    nullable: true,
    description: 'The model version that was evaluated.',
  })
  async modelVersion(@Parent() { modelVersionId }: EvaluationModel): Promise<ModelVersionModel | null> {
    const loader = this.loaders.of('modelVersion', (ids: readonly string[]) => this.models.byIds(ids));
    return (await loader.load(modelVersionId)) ?? null;
  }

  @ResolveField(() => DatasetVersionModel, {
    nullable: true,
    description: 'The dataset version it was evaluated on.',
  })
  async datasetVersion(@Parent() { datasetVersionId }: EvaluationModel): Promise<DatasetVersionModel | null> {
    const loader = this.loaders.of('datasetVersion', (ids: readonly string[]) => this.datasets.byIds(ids));
    return (await loader.load(datasetVersionId)) ?? null;
  }
}
