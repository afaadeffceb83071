import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { SourceReader } from '../source.reader.js';
import { SourcesService } from '../sources.service.js';
import { DataSourceModel, DataSourcePage } from './source.model.js';
import { DataSourceRequest } from './source.request.js';

@Resolver(() => DataSourceModel)
export class SourcesResolver {
  constructor(
    private readonly service: SourcesService,
    private readonly sources: SourceReader,
  ) {}

  @Query(() => DataSourcePage, {
    name: 'dataSources',
    description: 'Sources by name, each in its latest revision.',
  })
  @Requires('read')
  list(@Args() page: PageArgs): Promise<DataSourcePage> {
    return this.sources.list(page);
  }

  @Query(() => DataSourceModel, {
    name: 'dataSource',
    description: 'A source by NAME (latest), NAME@REVISION or the id of a revision.',
  })
  @Requires('read')
  show(@Args('ref', { description: 'NAME, NAME@REVISION or id.' }) ref: string): Promise<DataSourceModel> {
    return this.sources.byRef(ref);
  }

  @Mutation(() => DataSourceModel, {
    description: 'Say where data come from; other terms under the same name are its next revision.',
  })
  @Requires('policy')
  addDataSource(@Args('input') { name, ...terms }: DataSourceRequest): Promise<DataSourceModel> {
    return this.service.add(name, terms);
  }
}
