import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { AblationService } from '../ablation/ablation.service.js';
import { AblationAcceptedModel } from './ablation.model.js';
import { AblationReportRequest } from './ablation.request.js';

@ApiTags('evaluations')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/ablation-reports')
export class AblationController {
  constructor(private readonly ablation: AblationService) {}

  @Post()
  @HttpCode(202)
  @Requires('contribute')
  @ApiOperation({
    summary: 'What factors are worth, paired on the same rows; the report is the result of the job',
  })
  @ApiAcceptedResponse({ type: AblationAcceptedModel })
  async request(@Body() request: AblationReportRequest): Promise<AblationAcceptedModel> {
    return { job: await this.ablation.request(request) };
  }
}
