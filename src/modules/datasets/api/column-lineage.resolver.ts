import { Args, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { ColumnLineageReader } from '../columns/column-lineage.reader.js';
import { ColumnLineageModel } from './column-lineage.model.js';
import { ColumnLineageArgs } from './column-lineage.request.js';

@Resolver(() => ColumnLineageModel)
export class ColumnLineageResolver {
  constructor(private readonly columns: ColumnLineageReader) {}

  @Query(() => ColumnLineageModel, {
    description: 'Where columns of a dataset version come from, or what came of them.',
  })
  @Requires('read')
  columnLineage(@Args() { ref, ...question }: ColumnLineageArgs): Promise<ColumnLineageModel> {
    return this.columns.walk(ref, question);
  }
}
