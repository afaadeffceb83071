import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { NotReplayed } from '../../../platform/http/index.js';
import { SubjectsService } from '../subjects.service.js';
import { ErasureAcceptedModel, SubjectReachModel } from './subject.model.js';
import { SubjectRequest } from './subject.request.js';

/** Answers are not kept for an Idempotency-Key: what is kept names the request by a digest, and few subjects make few digests. */
@ApiTags('subjects')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/subjects')
export class SubjectsController {
  constructor(private readonly subjects: SubjectsService) {}

  @Post('find')
  @HttpCode(200)
  @NotReplayed()
  @Requires('read')
  @ApiOperation({ summary: 'Where the rows of a subject are, and what came of them' })
  @ApiOkResponse({ type: SubjectReachModel })
  find(@Body() { subject }: SubjectRequest): Promise<SubjectReachModel> {
    return this.subjects.find(subject);
  }

  @Post('withdraw')
  @HttpCode(200)
  @NotReplayed()
  @Requires('policy')
  @ApiOperation({ summary: 'Withdraw the consent of a subject, for good; again it changes nothing' })
  @ApiOkResponse({ type: SubjectReachModel })
  withdraw(@Body() { subject }: SubjectRequest): Promise<SubjectReachModel> {
    return this.subjects.withdraw(subject);
  }

  @Post('erase')
  @HttpCode(202)
  @NotReplayed()
  @Requires('policy')
  @ApiOperation({
    summary: 'Erase the rows of a subject everywhere, and forget it; the result of the job is a report',
  })
  @ApiAcceptedResponse({ type: ErasureAcceptedModel })
  async erase(@Body() { subject }: SubjectRequest): Promise<ErasureAcceptedModel> {
    return { job: await this.subjects.erase(subject) };
  }
}
