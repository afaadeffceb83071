import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { Loaders } from '../../../platform/graphql/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { Champions } from '../champions.js';
import { ModelReader } from '../model.reader.js';
import { RegistryService } from '../registry.service.js';
import { ChampionModel, ModelModel, ModelPage, ModelVersionModel, ModelVersionPage } from './model.model.js';
import { RegisterModelVersionRequest } from './models.request.js';
import { toNewModelVersion } from './to-new-model-version.js';
import { versionPageOf } from './version-pages.js';

@Resolver(() => ModelModel)
export class ModelsResolver {
  constructor(
    private readonly registry: RegistryService,
    private readonly models: ModelReader,
    private readonly championsOf: Champions,
    private readonly loaders: Loaders,
  ) {}

  @Query(() => ModelPage, { name: 'models', description: 'Models, newest first.' })
  @Requires('read')
  list(@Args() page: PageArgs): Promise<ModelPage> {
    return this.models.models(page);
  }

  @Query(() => ModelModel, { name: 'model', description: 'A model by its name.' })
  @Requires('read')
  show(@Args('name') name: string): Promise<ModelModel> {
    return this.models.model(name);
  }

  @Query(() => ModelVersionModel, {
    name: 'modelVersion',
    description: 'A model version by NAME@VERSION or id.',
  })
  @Requires('read')
  version(@Args('ref', { description: 'NAME@VERSION or id.' }) ref: string): Promise<ModelVersionModel> {
    return this.models.byRef(ref);
  }

  @Mutation(() => ModelVersionModel, {
    description: 'Register the next version of a model; the first one creates it.',
  })
  @Requires('contribute')
  registerModelVersion(@Args('input') input: RegisterModelVersionRequest): Promise<ModelVersionModel> {
    return this.registry.register(toNewModelVersion(input.model, input));
  }

  @ResolveField(() => ModelVersionPage, { description: 'Its versions, newest first.' })
  versions(@Parent() { id }: ModelModel, @Args() page: PageArgs): Promise<ModelVersionPage> {
    return versionPageOf(this.loaders, 'Model.versions', id, page, (ids) =>
      this.models.versionsOf(ids, page),
    );
  }

  @ResolveField(() => [ChampionModel], { description: 'Which of its versions stands at which stage.' })
  async champions(@Parent() { id }: ModelModel): Promise<ChampionModel[]> {
    const found = await this.loaders
      .of('Model.champions', (ids: readonly string[]) => this.championsOf.ofModels(ids))
      .load(id);
    return found ?? [];
  }
}
