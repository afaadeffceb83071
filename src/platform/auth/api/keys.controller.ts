import { Body, Controller, Delete, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { NotReplayed } from '../../http/idempotency.interceptor.js';
import { Paged, PageArgs } from '../../http/paged.js';
import { Output } from '../../http/shape.js';
import { KeysService } from '../keys.service.js';
import { Requires } from '../requires.decorator.js';
import { ApiKeyModel, NewApiKeyModel } from './key.model.js';
import { CreateApiKeyRequest } from './key.request.js';

@Output('ApiKeyPage', 'One page of API keys, newest first.')
export class ApiKeyPage extends Paged(ApiKeyModel, 'ApiKey') {}

@ApiTags('keys')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/keys')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Post()
  @NotReplayed()
  @Requires('administer')
  @ApiOperation({ summary: 'Make an API key' })
  @ApiCreatedResponse({ type: NewApiKeyModel })
  create(@Body() request: CreateApiKeyRequest): Promise<NewApiKeyModel> {
    return this.keys.create(request);
  }

  @Get()
  @Requires('administer')
  @ApiOperation({ summary: 'List API keys, newest first' })
  @ApiOkResponse({ type: ApiKeyPage })
  list(@Query() page: PageArgs): Promise<ApiKeyPage> {
    return this.keys.list(page);
  }

  @Delete(':id')
  @Requires('administer')
  @ApiOperation({ summary: 'Revoke an API key' })
  @ApiOkResponse({ type: ApiKeyModel })
  revoke(@Param('id', ParseUUIDPipe) id: string): Promise<ApiKeyModel> {
    return this.keys.revoke(id);
  }
}
