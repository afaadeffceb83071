import { Args, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { Loaders } from '../../../platform/graphql/index.js';
import { LineageDirection, type LineageGraph, LineageGraphModel, LineageService } from '../../lineage/index.js';
import { DatasetReader } from '../dataset-reader.js';
import { RepeatsReader, type RepeatsView } from '../repeats.reader.js';
import { DatasetVersionModel } from './dataset.model.js';
import { DuplicatesModel, RepeatsModel } from './repeats.model.js';
import { toDuplicates } from './to-duplicates.js';

@Resolver(() => DatasetVersionModel)
export class DatasetVersionResolver {
  constructor(
    private readonly reader: DatasetReader,
    private readonly repeats: RepeatsReader,
    private readonly lineages: LineageService,
    private readonly loaders: Loaders,
  ) {}

  @Query(() => DatasetVersionModel, { name: 'datasetVersion', description: 'A dataset version: NAME@VERSION, NAME for the latest, or an id.' })
  @Requires('read')
  show(@Args('ref') ref: string): Promise<DatasetVersionModel> {
    return this.reader.byRef(ref);
  }

  @ResolveField(() => DatasetVersionModel, { description: 'The version it was derived from.', nullable: true })
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

  @ResolveField(() => LineageGraphModel, { description: 'What it came from, or what came from it.' })
  async lineage(
    @Parent() { id }: DatasetVersionModel,
    @Args('direction', { type: () => LineageDirection, defaultValue: 'upstream' }) direction: LineageDirection,
    @Args('depth', { type: () => Int, nullable: true, description: 'How many steps; to the end when left out.' }) depth?: number,
  ): Promise<LineageGraph> {
    const name = `DatasetVersion.lineage:${direction}:${depth ?? ''}`;
    const loader = this.loaders.of(name, async (ids: readonly string[]) => {
      const nodes = ids.map((nodeId) => ({ kind: 'datasetVersion', id: nodeId }) as const);
      const graphs = await this.lineages.walkMany(nodes, direction, depth);
      return new Map(graphs.flatMap((graph, i) => (graph ? [[ids[i]!, graph] as const] : [])));
    });
    return (await loader.load(id)) ?? { nodes: [], edges: [], truncated: false };
  }

  private async repeatsOf(id: string): Promise<RepeatsView[]> {
    const loader = this.loaders.of('DatasetVersion.repeats', (ids: readonly string[]) => this.repeats.byVersions(ids));
    return (await loader.load(id)) ?? [];
  }
}
