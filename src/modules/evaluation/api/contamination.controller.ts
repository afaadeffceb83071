import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { ContaminationReader } from '../contamination/contamination.reader.js';
import { ContaminationService } from '../contamination/contamination.service.js';
import {
  ContaminationAcceptedModel,
  ContaminationFindingPage,
  ContaminationReportModel,
} from './contamination.model.js';
import { ContaminationArgs, ContaminationBody } from './contamination.request.js';

@ApiTags('evaluations')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project')
export class ContaminationController {
  constructor(
    private readonly contamination: ContaminationService,
    private readonly reader: ContaminationReader,
  ) {}

  @Get('models/:name/versions/:version/contamination')
  @Requires('read')
  @ApiOperation({ summary: 'What a model version was trained on, and how much of its test stands there' })
  @ApiOkResponse({ type: ContaminationReportModel })
  report(
    @Param('name') name: string,
    @Param('version', ParseIntPipe) version: number,
    @Query() query: ContaminationArgs,
  ): Promise<ContaminationReportModel> {
    return this.contamination.report(`${name}@${version}`, query);
  }

  @Post('models/:name/versions/:version/contamination')
  @HttpCode(202)
  @Requires('contribute')
  @ApiOperation({ summary: 'Count tested rows in all training data of the lineage; what was counted stays' })
  @ApiAcceptedResponse({ type: ContaminationAcceptedModel })
  async request(
    @Param('name') name: string,
    @Param('version', ParseIntPipe) version: number,
    @Body() request: ContaminationBody,
  ): Promise<ContaminationAcceptedModel> {
    return { job: await this.contamination.request(`${name}@${version}`, request) };
  }

  @Get('contamination-counts/:id/findings')
  @Requires('read')
  @ApiParam({ name: 'id', description: 'Id of the count.' })
  @ApiOperation({ summary: 'Every tested row that stands in training data: keys and row numbers only' })
  @ApiOkResponse({ type: ContaminationFindingPage })
  findings(@Param('id') id: string, @Query() page: PageArgs): Promise<ContaminationFindingPage> {
    return this.reader.findings(id, page);
  }
}
