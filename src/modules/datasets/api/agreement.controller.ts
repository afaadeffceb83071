import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { AgreementService } from '../agreement/agreement.service.js';
import { AgreementAcceptedModel } from './agreement.model.js';
import { AgreementReportRequest } from './agreement.request.js';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/agreement-reports')
export class AgreementController {
  constructor(private readonly agreement: AgreementService) {}

  @Post()
  @HttpCode(202)
  @Requires('contribute')
  @ApiOperation({ summary: 'How far annotators agree; the report is the result of the job' })
  @ApiAcceptedResponse({ type: AgreementAcceptedModel })
  async request(@Body() request: AgreementReportRequest): Promise<AgreementAcceptedModel> {
    return { job: await this.agreement.request(request) };
  }
}
