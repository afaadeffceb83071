import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Loaders } from '../../../platform/graphql/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { DatasetVersionModel } from '../../datasets/api/dataset.model.js';
import { RunReader } from '../run.reader.js';
import { runPageOf } from './run-pages.js';
import { RunPage } from './run.model.js';

/** What this module adds to the type of the module before it. */
@Resolver(() => DatasetVersionModel)
export class DatasetVersionRunsResolver {
  constructor(
    private readonly reader: RunReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => RunPage, { description: 'The runs that read it, newest first.' })
  runs(@Parent() { id }: DatasetVersionModel, @Args() page: PageArgs): Promise<RunPage> {
    return runPageOf(this.loaders, 'DatasetVersion.runs', id, page, (ids) =>
      this.reader.ofDatasetVersions(ids, page),
    );
  }
}
