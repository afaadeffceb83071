import { Args, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { DatasetDiffReader } from '../diff/dataset-diff.reader.js';
import { DatasetDiffModel, RowChangePage } from './diff.model.js';
import { DiffRowsArgs } from './diff.request.js';

@Resolver(() => DatasetDiffModel)
export class DiffResolver {
  constructor(private readonly diffs: DatasetDiffReader) {}

  @Query(() => DatasetDiffModel, { description: 'What differs between two dataset versions, counted.' })
  @Requires('read')
  datasetDiff(@Args('ref') ref: string, @Args('other') other: string): Promise<DatasetDiffModel> {
    return this.diffs.summary(ref, other);
  }

  @Query(() => RowChangePage, { description: 'The rows of a split that differ between two versions.' })
  @Requires('read')
  datasetDiffRows(@Args() { ref, other, split, ...page }: DiffRowsArgs): Promise<RowChangePage> {
    return this.diffs.rows(ref, other, split, page);
  }
}
