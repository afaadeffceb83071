import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { NotReplayed } from '../../http/idempotency.interceptor.js';
import { PageArgs } from '../../http/paged.js';
import { KeysService } from '../keys.service.js';
import { ProjectsService } from '../projects.service.js';
import { Requires } from '../requires.decorator.js';
import { ApiKeyModel, NewApiKeyModel } from './key.model.js';
import { CreateApiKeyRequest } from './key.request.js';
import { ApiKeyPage } from './keys.controller.js';
import { ProjectModel } from './project.model.js';

@Resolver()
export class AuthResolver {
  constructor(
    private readonly keys: KeysService,
    private readonly projects: ProjectsService,
  ) {}

  @Query(() => ProjectModel, { description: 'The project of this API key.' })
  @Requires('read')
  project(): ProjectModel {
    return this.projects.current();
  }

  @Query(() => ApiKeyPage, { description: 'API keys, newest first.' })
  @Requires('administer')
  apiKeys(@Args() page: PageArgs): Promise<ApiKeyPage> {
    return this.keys.list(page);
  }

  @Mutation(() => NewApiKeyModel, { description: 'Make an API key.' })
  @NotReplayed()
  @Requires('administer')
  createApiKey(@Args('input') input: CreateApiKeyRequest): Promise<NewApiKeyModel> {
    return this.keys.create(input);
  }

  @Mutation(() => ApiKeyModel, { description: 'Revoke an API key.' })
  @Requires('administer')
  revokeApiKey(@Args('id', { type: () => ID }) id: string): Promise<ApiKeyModel> {
    return this.keys.revoke(id);
  }
}
