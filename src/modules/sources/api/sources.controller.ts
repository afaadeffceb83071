import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { SourceReader } from '../source.reader.js';
import { SourcesService } from '../sources.service.js';
import { DataSourceModel, DataSourcePage } from './source.model.js';
import { DataSourceRequest } from './source.request.js';

@ApiTags('sources')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/sources')
export class SourcesController {
  constructor(
    private readonly service: SourcesService,
    private readonly sources: SourceReader,
  ) {}

  @Post()
  @Requires('policy')
  @ApiOperation({
    summary: 'Say where data come from; other terms under the same name are its next revision',
  })
  @ApiCreatedResponse({ type: DataSourceModel })
  add(@Body() { name, ...terms }: DataSourceRequest): Promise<DataSourceModel> {
    return this.service.add(name, terms);
  }

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List sources by name, each in its latest revision' })
  @ApiOkResponse({ type: DataSourcePage })
  list(@Query() page: PageArgs): Promise<DataSourcePage> {
    return this.sources.list(page);
  }

  @Get(':ref')
  @Requires('read')
  @ApiParam({ name: 'ref', description: 'NAME for the latest, NAME@REVISION, or the id of a revision.' })
  @ApiOperation({ summary: 'Show a source' })
  @ApiOkResponse({ type: DataSourceModel })
  show(@Param('ref') ref: string): Promise<DataSourceModel> {
    return this.sources.byRef(ref);
  }

  @Get(':name/revisions')
  @Requires('read')
  @ApiOperation({ summary: 'List the revisions of a source, newest first' })
  @ApiOkResponse({ type: DataSourcePage })
  revisions(@Param('name') name: string, @Query() page: PageArgs): Promise<DataSourcePage> {
    return this.sources.revisions(name, page);
  }
}
