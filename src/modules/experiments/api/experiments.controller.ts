import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { ExperimentsService } from '../experiments.service.js';
import { RunReader } from '../run.reader.js';
import { RunsService } from '../runs.service.js';
import { ExperimentModel, ExperimentPage } from './experiment.model.js';
import { CreateExperimentRequest } from './experiments.request.js';
import { RunModel, RunPage } from './run.model.js';
import { CreateRunInRequest } from './runs.request.js';
import { toNewRun } from './to-run-entries.js';

@ApiTags('experiments')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/experiments')
export class ExperimentsController {
  constructor(
    private readonly experiments: ExperimentsService,
    private readonly runs: RunsService,
    private readonly reader: RunReader,
  ) {}

  @Post()
  @Requires('contribute')
  @ApiOperation({ summary: 'Create an experiment' })
  @ApiCreatedResponse({ type: ExperimentModel })
  create(@Body() request: CreateExperimentRequest): Promise<ExperimentModel> {
    return this.experiments.create({ name: request.name, description: request.description ?? undefined });
  }

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List experiments, newest first' })
  @ApiOkResponse({ type: ExperimentPage })
  list(@Query() page: PageArgs): Promise<ExperimentPage> {
    return this.experiments.list(page);
  }

  @Get(':name')
  @Requires('read')
  @ApiOperation({ summary: 'Show an experiment' })
  @ApiOkResponse({ type: ExperimentModel })
  show(@Param('name') name: string): Promise<ExperimentModel> {
    return this.experiments.byName(name);
  }

  @Post(':name/runs')
  @Requires('contribute')
  @ApiOperation({ summary: 'Start a run of this experiment' })
  @ApiCreatedResponse({ type: RunModel })
  async createRun(@Param('name') name: string, @Body() request: CreateRunInRequest): Promise<RunModel> {
    return RunModel.of(await this.runs.create(toNewRun(name, request)));
  }

  @Get(':name/runs')
  @Requires('read')
  @ApiOperation({ summary: 'List the runs of this experiment, newest first' })
  @ApiOkResponse({ type: RunPage })
  async listRuns(@Param('name') name: string, @Query() page: PageArgs): Promise<RunPage> {
    const { id } = await this.experiments.byName(name);
    return RunPage.of(await this.reader.list(page, id));
  }
}
