import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { ColumnLineageReader } from '../columns/column-lineage.reader.js';
import type { OpenLineageFacet } from '../columns/to-facet.js';
import { ColumnLineageModel } from './column-lineage.model.js';
import { ColumnLineageQuery } from './column-lineage.request.js';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@ApiParam({ name: 'ref', description: 'NAME@VERSION, NAME for the latest, or an id.' })
@Controller('v1/projects/:project/dataset-versions/:ref/column-lineage')
export class ColumnLineageController {
  constructor(private readonly columns: ColumnLineageReader) {}

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'Where columns come from, or what came of them' })
  @ApiOkResponse({ type: ColumnLineageModel })
  walk(@Param('ref') ref: string, @Query() question: ColumnLineageQuery): Promise<ColumnLineageModel> {
    return this.columns.walk(ref, question);
  }

  @Get('openlineage')
  @Requires('read')
  @ApiOperation({ summary: 'The same, one step upstream, as a columnLineage facet of OpenLineage 1-2-0' })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  facet(@Param('ref') ref: string): Promise<OpenLineageFacet> {
    return this.columns.facet(ref);
  }
}
