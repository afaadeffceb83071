import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { ContinualService } from '../continual/continual.service.js';
import { ContinualReportModel } from './continual.model.js';
import { ContinualReportRequest } from './continual.request.js';

@ApiTags('evaluations')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/continual-reports')
export class ContinualController {
  constructor(private readonly continual: ContinualService) {}

  @Post()
  @HttpCode(200)
  @Requires('read')
  @ApiOperation({
    summary: 'What a model kept, transferred and forgot along a sequence of tasks; nothing is stored',
  })
  @ApiOkResponse({ type: ContinualReportModel })
  async report(@Body() request: ContinualReportRequest): Promise<ContinualReportModel> {
    return ContinualReportModel.of(await this.continual.report(request));
  }
}
