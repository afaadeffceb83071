import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Loaders } from '../../../platform/graphql/index.js';
import { DatasetReader } from '../../datasets/index.js';
import { DatasetVersionModel } from '../../datasets/api/dataset.model.js';
import { RunReader } from '../../experiments/index.js';
import { RunModel } from '../../experiments/api/run.model.js';
import { LineageService, type Direction, type LineageGraph } from '../../lineage/index.js';
import { LineageGraphModel } from '../../lineage/api/lineage.model.js';
import { ModelReader } from '../model.reader.js';
import { ModelModel, ModelVersionModel } from './model.model.js';
import { DepthArgs } from './models.request.js';

@Resolver(() => ModelVersionModel)
export class ModelVersionsResolver {
  constructor(
    private readonly models: ModelReader,
    private readonly runs: RunReader,
    private readonly datasets: DatasetReader,
    private readonly lineage: LineageService,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => RunModel, { nullable: true, description: 'The run that produced it.' })
  async run(@Parent() { runId }: ModelVersionModel): Promise<RunModel | null> {
    if (runId === null) return null;
    const found = await this.loaders.of('run', (ids: readonly string[]) => this.runs.byIds(ids)).load(runId);
    return found ? RunModel.of(found) : null;
  }

  @ResolveField(() => [DatasetVersionModel], { description: 'The data it came from.' })
  async datasetVersions(@Parent() { datasetVersionIds }: ModelVersionModel): Promise<DatasetVersionModel[]> {
    const loader = this.loaders.of('datasetVersion', (ids: readonly string[]) => this.datasets.byIds(ids));
    const found = await Promise.all(datasetVersionIds.map((id) => loader.load(id)));
    return found.filter((version) => version !== undefined);
  }

  @ResolveField(() => ModelVersionModel, {
    nullable: true,
    description: 'The model version it was derived from.',
  })
  async parent(@Parent() { parentId }: ModelVersionModel): Promise<ModelVersionModel | null> {
    if (parentId === null) return null;
    const found = await this.loaders
      .of('modelVersion', (ids: readonly string[]) => this.models.byIds(ids))
      .load(parentId);
    return found ?? null;
  }

  @ResolveField(() => ModelModel, { nullable: true, description: 'The model it is a version of.' })
  async registeredModel(@Parent() { modelId }: ModelVersionModel): Promise<ModelModel | null> {
    const found = await this.loaders
      .of('model', (ids: readonly string[]) => this.models.modelsByIds(ids))
      .load(modelId);
    return found ?? null;
  }

  @ResolveField(() => LineageGraphModel, { nullable: true, description: 'What led to it.' })
  upstream(
    @Parent() { id }: ModelVersionModel,
    @Args() { depth }: DepthArgs,
  ): Promise<LineageGraphModel | null> {
    return this.graph(id, 'upstream', depth);
  }

  @ResolveField(() => LineageGraphModel, { nullable: true, description: 'What came of it.' })
  downstream(
    @Parent() { id }: ModelVersionModel,
    @Args() { depth }: DepthArgs,
  ): Promise<LineageGraphModel | null> {
    return this.graph(id, 'downstream', depth);
  }

  private async graph(
    id: string,
    direction: Direction,
    depth: number | null | undefined,
  ): Promise<LineageGraph | null> {
    const loader = this.loaders.of(
      `modelVersion.${direction} ${depth ?? ''}`,
      async (ids: readonly string[]) => {
        const nodes = ids.map((one) => ({ kind: 'modelVersion' as const, id: one }));
        const graphs = await this.lineage.walkMany(nodes, direction, depth);
        return new Map(ids.map((one, position) => [one, graphs[position] ?? null]));
      },
    );
    return (await loader.load(id)) ?? null;
  }
}
