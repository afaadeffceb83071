import { Body, Controller, Get, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { ModelReader } from '../model.reader.js';
import { RegistryService } from '../registry.service.js';
import { ModelModel, ModelPage, ModelVersionModel, ModelVersionPage } from './model.model.js';
import { RegisterVersionRequest } from './models.request.js';
import { toNewModelVersion } from './to-new-model-version.js';

@ApiTags('models')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/models')
export class ModelsController {
  constructor(
    private readonly registry: RegistryService,
    private readonly models: ModelReader,
  ) {}

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List models, newest first' })
  @ApiOkResponse({ type: ModelPage })
  list(@Query() page: PageArgs): Promise<ModelPage> {
    return this.models.models(page);
  }

  @Get(':name')
  @Requires('read')
  @ApiOperation({ summary: 'Show a model' })
  @ApiOkResponse({ type: ModelModel })
  show(@Param('name') name: string): Promise<ModelModel> {
    return this.models.model(name);
  }

  @Post(':name/versions')
  @Requires('contribute')
  @ApiOperation({ summary: 'Register the next version of a model; the first one creates the model' })
  @ApiCreatedResponse({ type: ModelVersionModel })
  register(@Param('name') name: string, @Body() request: RegisterVersionRequest): Promise<ModelVersionModel> {
    return this.registry.register(toNewModelVersion(name, request));
  }

  @Get(':name/versions')
  @Requires('read')
  @ApiOperation({ summary: 'List the versions of a model, newest first' })
  @ApiOkResponse({ type: ModelVersionPage })
  async versions(@Param('name') name: string, @Query() page: PageArgs): Promise<ModelVersionPage> {
    const { id } = await this.models.model(name);
    const pages = await this.models.versionsOf([id], page);
    return pages.get(id) ?? { items: [], endCursor: null, hasNextPage: false };
  }

  @Get(':name/versions/:version')
  @Requires('read')
  @ApiOperation({ summary: 'Show a version of a model' })
  @ApiOkResponse({ type: ModelVersionModel })
  version(
    @Param('name') name: string,
    @Param('version', ParseIntPipe) version: number,
  ): Promise<ModelVersionModel> {
    return this.models.byRef(`${name}@${version}`);
  }
}
