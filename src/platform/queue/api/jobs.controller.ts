import { Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../auth/requires.decorator.js';
import { Jobs } from '../jobs.service.js';
import { JobModel, JobPage } from './job.model.js';
import { JobListArgs, JobWaitQuery } from './job.request.js';

@ApiTags('jobs')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/jobs')
export class JobsController {
  constructor(private readonly jobs: Jobs) {}

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List jobs, newest first' })
  @ApiOkResponse({ type: JobPage })
  list(@Query() query: JobListArgs): Promise<JobPage> {
    return this.jobs.list(query, query);
  }

  @Get(':id')
  @Requires('read')
  @ApiOperation({ summary: 'A job; with `wait`, as soon as it is finished' })
  @ApiOkResponse({ type: JobModel })
  get(@Param('id', ParseUUIDPipe) id: string, @Query() { wait }: JobWaitQuery): Promise<JobModel> {
    return wait ? this.jobs.wait(id, wait) : this.jobs.get(id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('contribute')
  @ApiOperation({ summary: 'Stop a job' })
  @ApiOkResponse({ type: JobModel })
  cancel(@Param('id', ParseUUIDPipe) id: string): Promise<JobModel> {
    return this.jobs.cancel(id);
  }
}
