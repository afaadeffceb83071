import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { DriftService } from '../drift/drift.service.js';
import { DriftAcceptedModel } from './drift.model.js';
import { DriftReportRequest } from './drift.request.js';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/drift-reports')
export class DriftController {
  constructor(private readonly drift: DriftService) {}

  @Post()
  @HttpCode(202)
  @Requires('contribute')
  @ApiOperation({ summary: 'Compare two samples column by column; the report is the result of the job' })
  @ApiAcceptedResponse({ type: DriftAcceptedModel })
  async request(@Body() request: DriftReportRequest): Promise<DriftAcceptedModel> {
    return { job: await this.drift.request(request) };
  }
}
