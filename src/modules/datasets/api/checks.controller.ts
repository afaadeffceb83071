import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { CheckReader } from '../checks/check.reader.js';
import { ChecksService } from '../checks/checks.service.js';
import { RuleSuggestions } from '../checks/suggest/rule-suggestions.service.js';
import {
  CheckFindingPage,
  ChecksAcceptedModel,
  DatasetCheckPage,
  RuleSuggestionsAcceptedModel,
} from './check.model.js';
import { ChecksRequest, RuleSuggestionsRequest } from './check.request.js';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project')
export class ChecksController {
  constructor(
    private readonly checks: ChecksService,
    private readonly reader: CheckReader,
    private readonly suggestions: RuleSuggestions,
  ) {}

  @Post('dataset-versions/:ref/checks')
  @HttpCode(202)
  @Requires('contribute')
  @ApiParam({ name: 'ref', description: 'NAME@VERSION, NAME for the latest, or an id.' })
  @ApiOperation({ summary: 'Check a dataset version; what was checked already stays as it is' })
  @ApiAcceptedResponse({ type: ChecksAcceptedModel })
  async request(@Param('ref') ref: string, @Body() request: ChecksRequest): Promise<ChecksAcceptedModel> {
    return { job: await this.checks.request(ref, request.checks) };
  }

  @Get('dataset-versions/:ref/checks')
  @Requires('read')
  @ApiParam({ name: 'ref', description: 'NAME@VERSION, NAME for the latest, or an id.' })
  @ApiOperation({ summary: 'What checks found in a dataset version, newest first' })
  @ApiOkResponse({ type: DatasetCheckPage })
  list(@Param('ref') ref: string, @Query() page: PageArgs): Promise<DatasetCheckPage> {
    return this.reader.list(ref, page);
  }

  @Post('dataset-versions/:ref/rule-suggestions')
  @HttpCode(202)
  @Requires('contribute')
  @ApiParam({ name: 'ref', description: 'NAME@VERSION, NAME for the latest, or an id.' })
  @ApiOperation({ summary: 'Derive rules that a dataset version keeps; they are the result of the job' })
  @ApiAcceptedResponse({ type: RuleSuggestionsAcceptedModel })
  async suggest(
    @Param('ref') ref: string,
    @Body() { splits }: RuleSuggestionsRequest,
  ): Promise<RuleSuggestionsAcceptedModel> {
    return { job: await this.suggestions.request(ref, splits ?? null) };
  }

  @Get('dataset-checks/:id/findings')
  @Requires('read')
  @ApiParam({ name: 'id', description: 'Id of the check.' })
  @ApiOperation({ summary: 'Every row that fails a check: keys and row numbers, no values of columns' })
  @ApiOkResponse({ type: CheckFindingPage })
  findings(@Param('id') id: string, @Query() page: PageArgs): Promise<CheckFindingPage> {
    return this.reader.findings(id, page);
  }
}
