import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { Loaders } from '../../../platform/graphql/index.js';
import { type Direction, type LineageGraph, LineageService } from '../../lineage/index.js';
import { LineageDepthArgs } from '../../lineage/api/lineage.request.js';
import { LineageGraphModel } from '../../lineage/api/lineage.model.js';
import { DatasetReader } from '../dataset-reader.js';
import { DigestReader } from '../digests/digest.reader.js';
import { RepeatsReader, type RepeatsView } from '../repeats.reader.js';
import { DatasetVersionModel } from './dataset.model.js';
import { DuplicatesModel, RepeatsModel } from './repeats.model.js';
import { toDuplicates } from './to-duplicates.js';

@Resolver(() => DatasetVersionModel)
export class DatasetVersionResolver {
  constructor(
    private readonly reader: DatasetReader,
    private readonly repeats: RepeatsReader,
    private readonly lineage: LineageService,
    private readonly loaders: Loaders,
    private readonly digests: DigestReader,
  ) {}

  @Query(() => DatasetVersionModel, {
    name: 'datasetVersion',
    description:
      'A dataset version: NAME@VERSION, NAME for the latest, an id, or what another tool calls it: mlflow:DIGEST, mlflow:NAME#DIGEST, openlineage:NAMESPACE#NAME#VERSION.',
  })
  @Requires('read')
  show(@Args('ref') ref: string): Promise<DatasetVersionModel> {
    return this.digests.byRef(ref);
  }

  @ResolveField(() => DatasetVersionModel, {
    description: 'The version it was derived from.',
    nullable: true,
  })
  async parent(@Parent() { parentId }: DatasetVersionModel): Promise<DatasetVersionModel | null> {
    if (parentId === null) return null;
    const loader = this.loaders.of('DatasetVersion', (ids: readonly string[]) => this.reader.byIds(ids));
    return (await loader.load(parentId)) ?? null;
  }

  @ResolveField(() => [DuplicatesModel], { description: 'Exact duplicates within each split.' })
  async duplicates(@Parent() { id, schema }: DatasetVersionModel): Promise<DuplicatesModel[]> {
    return toDuplicates(await this.repeatsOf(id), schema);
  }

  @ResolveField(() => [RepeatsModel], { description: 'Rows of each split that also stand in another.' })
  async leakage(@Parent() { id }: DatasetVersionModel): Promise<RepeatsModel[]> {
    return (await this.repeatsOf(id)).filter(({ inSplit, foundIn }) => inSplit !== foundIn);
  }

  @ResolveField(() => LineageGraphModel, { description: 'What led to it.', nullable: true })
  upstream(
    @Parent() { id }: DatasetVersionModel,
    @Args() { depth }: LineageDepthArgs,
  ): Promise<LineageGraph | null> {
    return this.graph(id, 'upstream', depth);
  }

  @ResolveField(() => LineageGraphModel, { description: 'What came of it.', nullable: true })
  downstream(
    @Parent() { id }: DatasetVersionModel,
    @Args() { depth }: LineageDepthArgs,
  ): Promise<LineageGraph | null> {
    return this.graph(id, 'downstream', depth);
  }

  private async graph(id: string, direction: Direction, depth?: number | null): Promise<LineageGraph | null> {
    const loader = this.loaders.of(
      `DatasetVersion.${direction}:${depth ?? ''}`,
      async (ids: readonly string[]) => {
        const nodes = ids.map((nodeId) => ({ kind: 'datasetVersion', id: nodeId }) as const);
        const graphs = await this.lineage.walkMany(nodes, direction, depth);
        return new Map(ids.map((nodeId, i) => [nodeId, graphs[i] ?? null]));
      },
    );
    return (await loader.load(id)) ?? null;
  }

  private async repeatsOf(id: string): Promise<RepeatsView[]> {
    const loader = this.loaders.of('DatasetVersion.repeats', (ids: readonly string[]) =>
      this.repeats.byVersions(ids),
    );
    return (await loader.load(id)) ?? [];
  }
}
