import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { PoliciesService } from '../policies.service.js';
import { PolicyReader } from '../policy.reader.js';
import { GatePolicyModel, GatePolicyPage, ValidatedPolicyModel } from './policy.model.js';
import { documentOf, PushPolicyRequest } from './policy.request.js';

@ApiTags('gates')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/policies')
export class PoliciesController {
  constructor(
    private readonly service: PoliciesService,
    private readonly policies: PolicyReader,
  ) {}

  @Post()
  @Requires('policy')
  @ApiOperation({ summary: 'Push a gate policy; another text of the same name is its next version' })
  @ApiConsumes('application/json', 'text/yaml')
  @ApiBody({ type: PushPolicyRequest })
  @ApiCreatedResponse({ type: GatePolicyModel })
  push(@Body() body: unknown): Promise<GatePolicyModel> {
    return this.service.push(documentOf(body));
  }

  @Post('validate')
  @HttpCode(200)
  @Requires('read')
  @ApiOperation({ summary: 'Check a gate policy without storing it' })
  @ApiConsumes('application/json', 'text/yaml')
  @ApiBody({ type: PushPolicyRequest })
  @ApiOkResponse({ type: ValidatedPolicyModel })
  validate(@Body() body: unknown): ValidatedPolicyModel {
    return this.service.validate(documentOf(body));
  }

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List gate policies by name, each in its latest version' })
  @ApiOkResponse({ type: GatePolicyPage })
  list(@Query() page: PageArgs): Promise<GatePolicyPage> {
    return this.policies.list(page);
  }

  @Get(':name')
  @Requires('read')
  @ApiOperation({ summary: 'Show a gate policy by NAME (latest), NAME@VERSION or id' })
  @ApiOkResponse({ type: GatePolicyModel })
  show(@Param('name') name: string): Promise<GatePolicyModel> {
    return this.policies.byRef(name);
  }

  @Get(':name/versions')
  @Requires('read')
  @ApiOperation({ summary: 'List the versions of a gate policy, newest first' })
  @ApiOkResponse({ type: GatePolicyPage })
  versions(@Param('name') name: string, @Query() page: PageArgs): Promise<GatePolicyPage> {
    return this.policies.versions(name, page);
  }
}
