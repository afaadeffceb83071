import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { Loaders } from '../../../platform/graphql/index.js';
import { MetricHistoryReader } from '../metric-history.reader.js';
import { RunReader } from '../run.reader.js';
import { RunsService } from '../runs.service.js';
import { MetricPointPage, RunModel } from './run.model.js';
import { CreateRunRequest, FinishRunRequest, LogRunRequest, MetricHistoryArgs } from './runs.request.js';
import { toNewRun, toRunEntries } from './to-run-entries.js';

@Resolver(() => RunModel)
export class RunsResolver {
  constructor(
    private readonly runs: RunsService,
    private readonly reader: RunReader,
    private readonly history: MetricHistoryReader,
    private readonly loaders: Loaders,
  ) {}

  @Query(() => RunModel, { name: 'run', description: 'A run by its id.' })
  @Requires('read')
  async show(@Args('id', { type: () => ID }) id: string): Promise<RunModel> {
    return RunModel.of(await this.reader.byId(id));
  }

  @Mutation(() => RunModel, { description: 'Start a run.' })
  @Requires('contribute')
  async createRun(@Args('input') input: CreateRunRequest): Promise<RunModel> {
    return RunModel.of(await this.runs.create(toNewRun(input.experiment, input)));
  }

  @Mutation(() => RunModel, { description: 'Record params, metrics and tags: all of them or none.' })
  @Requires('contribute')
  async logRun(
    @Args('id', { type: () => ID }) id: string,
    @Args('input') input: LogRunRequest,
  ): Promise<RunModel> {
    await this.runs.append(id, toRunEntries(input));
    return RunModel.of(await this.reader.byId(id));
  }

  @Mutation(() => RunModel, { description: 'End a run.' })
  @Requires('contribute')
  async finishRun(
    @Args('id', { type: () => ID }) id: string,
    @Args('input', { nullable: true }) input?: FinishRunRequest,
  ): Promise<RunModel> {
    return RunModel.of(await this.runs.finish(id, input?.status ?? 'finished'));
  }

  @ResolveField(() => MetricPointPage, {
    description: 'The history of a metric, by step, timestamp and value.',
  })
  async metricHistory(
    @Parent() { id }: RunModel,
    @Args() { key, ...page }: MetricHistoryArgs,
  ): Promise<MetricPointPage> {
    const name = `Run.metricHistory ${JSON.stringify([key, page.first, page.after])}`;
    const found = await this.loaders
      .of(name, (ids: readonly string[]) => this.history.ofRuns(ids, key, page))
      .load(id);
    return MetricPointPage.of(found ?? { items: [], endCursor: null, hasNextPage: false });
  }
}
