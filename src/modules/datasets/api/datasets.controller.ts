import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { DatasetReader } from '../dataset-reader.js';
import { DatasetsService } from '../datasets.service.js';
import { DatasetModel, DatasetPage, DatasetVersionModel, DatasetVersionPage } from './dataset.model.js';
import { PushDatasetVersionRequest } from './dataset.request.js';
import { PushAcceptedModel } from './push.model.js';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/datasets')
export class DatasetsController {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly reader: DatasetReader,
  ) {}

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List datasets by name' })
  @ApiOkResponse({ type: DatasetPage })
  list(@Query() page: PageArgs): Promise<DatasetPage> {
    return this.datasets.list(page);
  }

  @Get(':name')
  @Requires('read')
  @ApiOperation({ summary: 'Show a dataset' })
  @ApiOkResponse({ type: DatasetModel })
  show(@Param('name') name: string): Promise<DatasetModel> {
    return this.datasets.get(name);
  }

  @Post(':name/versions')
  @HttpCode(202)
  @Requires('contribute')
  @ApiOperation({ summary: 'Push a version made of files; the first one creates the dataset' })
  @ApiAcceptedResponse({ type: PushAcceptedModel })
  async push(
    @Param('name') name: string,
    @Body() request: PushDatasetVersionRequest,
  ): Promise<PushAcceptedModel> {
    return { job: await this.datasets.push(name, request) };
  }

  @Get(':name/versions')
  @Requires('read')
  @ApiOperation({ summary: 'List the versions of a dataset, newest first' })
  @ApiOkResponse({ type: DatasetVersionPage })
  versions(@Param('name') name: string, @Query() page: PageArgs): Promise<DatasetVersionPage> {
    return this.datasets.versions(name, page);
  }

  @Get(':name/versions/:version')
  @Requires('read')
  @ApiOperation({ summary: 'Show a version of a dataset' })
  @ApiOkResponse({ type: DatasetVersionModel })
  version(
    @Param('name') name: string,
    @Param('version', ParseIntPipe) version: number,
  ): Promise<DatasetVersionModel> {
    return this.reader.byRef(`${name}@${version}`);
  }
}
