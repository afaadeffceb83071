import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { DatasetDiffReader } from '../diff/dataset-diff.reader.js';
import { DatasetDiffModel, RowChangePage } from './diff.model.js';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@ApiParam({
  name: 'ref',
  description: 'The version that is compared with: NAME@VERSION, NAME for the latest, or an id.',
})
@ApiParam({ name: 'other', description: 'The version that is compared, of this or another dataset.' })
@Controller('v1/projects/:project/dataset-versions/:ref/diff/:other')
export class DiffController {
  constructor(private readonly diffs: DatasetDiffReader) {}

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'What differs between two dataset versions, counted' })
  @ApiOkResponse({ type: DatasetDiffModel })
  summary(@Param('ref') ref: string, @Param('other') other: string): Promise<DatasetDiffModel> {
    return this.diffs.summary(ref, other);
  }

  @Get(':split')
  @Requires('read')
  @ApiParam({ name: 'split', description: 'Name of the split.' })
  @ApiOperation({ summary: 'The rows of a split that were added, removed or changed' })
  @ApiOkResponse({ type: RowChangePage })
  rows(
    @Param('ref') ref: string,
    @Param('other') other: string,
    @Param('split') split: string,
    @Query() page: PageArgs,
  ): Promise<RowChangePage> {
    return this.diffs.rows(ref, other, split, page);
  }
}
