import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Loaders } from '../../../platform/graphql/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { DatasetVersionModel } from '../../datasets/api/dataset.model.js';
import { RunModel } from '../../experiments/api/run.model.js';
import { ModelReader } from '../model.reader.js';
import { ChampionModel, ModelVersionModel, ModelVersionPage } from './model.model.js';
import { versionPageOf } from './version-pages.js';

/** What this module adds to the types of the modules before it. */
@Resolver(() => RunModel)
export class RunModelVersionsResolver {
  constructor(
    private readonly models: ModelReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => ModelVersionPage, { description: 'The model versions it produced, newest first.' })
  modelVersions(@Parent() { id }: RunModel, @Args() page: PageArgs): Promise<ModelVersionPage> {
    return versionPageOf(this.loaders, 'Run.modelVersions', id, page, (ids) => this.models.ofRuns(ids, page));
  }
}

@Resolver(() => DatasetVersionModel)
export class DatasetVersionModelVersionsResolver {
  constructor(
    private readonly models: ModelReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => ModelVersionPage, {
    description: 'The model versions that came from it, newest first.',
  })
  modelVersions(@Parent() { id }: DatasetVersionModel, @Args() page: PageArgs): Promise<ModelVersionPage> {
    return versionPageOf(this.loaders, 'DatasetVersion.modelVersions', id, page, (ids) =>
      this.models.ofDatasetVersions(ids, page),
    );
  }
}

@Resolver(() => ChampionModel)
export class ChampionsResolver {
  constructor(
    private readonly models: ModelReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => ModelVersionModel, {
    nullable: true,
    description: 'The model version that stands there.',
  })
  async modelVersion(@Parent() { modelVersionId }: ChampionModel): Promise<ModelVersionModel | null> {
    const loader = this.loaders.of('modelVersion', (ids: readonly string[]) => this.models.byIds(ids));
    return (await loader.load(modelVersionId)) ?? null;
  }
}
