import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { ExperimentsService } from '../experiments.service.js';
import { MetricHistoryReader } from '../metric-history.reader.js';
import { RunReader } from '../run.reader.js';
import { RunsService } from '../runs.service.js';
import { MetricPointPage, RunModel, RunPage } from './run.model.js';
import {
  AddRunInputsRequest,
  CreateRunRequest,
  FinishRunRequest,
  LogRunRequest,
  RunListArgs,
} from './runs.request.js';
import { toNewRun, toRunEntries, toRunInputs } from './to-run-entries.js';

@ApiTags('runs')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/runs')
export class RunsController {
  constructor(
    private readonly experiments: ExperimentsService,
    private readonly runs: RunsService,
    private readonly reader: RunReader,
    private readonly history: MetricHistoryReader,
  ) {}

  @Post()
  @Requires('contribute')
  @ApiOperation({ summary: 'Start a run' })
  @ApiCreatedResponse({ type: RunModel })
  async create(@Body() request: CreateRunRequest): Promise<RunModel> {
    return RunModel.of(await this.runs.create(toNewRun(request.experiment, request)));
  }

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List runs, newest first' })
  @ApiOkResponse({ type: RunPage })
  async list(@Query() { experiment, ...page }: RunListArgs): Promise<RunPage> {
    const of = experiment === undefined ? undefined : await this.experiments.byName(experiment);
    return RunPage.of(await this.reader.list(page, of?.id));
  }

  @Get(':id')
  @Requires('read')
  @ApiOperation({ summary: 'Show a run with its params, tags, inputs and last metrics' })
  @ApiOkResponse({ type: RunModel })
  async show(@Param('id', ParseUUIDPipe) id: string): Promise<RunModel> {
    return RunModel.of(await this.reader.byId(id));
  }

  @Post(':id/log')
  @HttpCode(204)
  @Requires('contribute')
  @ApiOperation({ summary: 'Record params, metrics and tags: all of them or none' })
  @ApiNoContentResponse({ description: 'Recorded.' })
  append(@Param('id', ParseUUIDPipe) id: string, @Body() request: LogRunRequest): Promise<void> {
    return this.runs.append(id, toRunEntries(request));
  }

  @Post(':id/inputs')
  @HttpCode(200)
  @Requires('contribute')
  @ApiOperation({ summary: 'Say which dataset versions the run reads' })
  @ApiOkResponse({ type: RunModel })
  async addInputs(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() request: AddRunInputsRequest,
  ): Promise<RunModel> {
    return RunModel.of(await this.runs.addInputs(id, toRunInputs(request.inputs)));
  }

  @Post(':id/finish')
  @HttpCode(200)
  @Requires('contribute')
  @ApiOperation({ summary: 'End a run' })
  @ApiOkResponse({ type: RunModel })
  async finish(@Param('id', ParseUUIDPipe) id: string, @Body() request: FinishRunRequest): Promise<RunModel> {
    return RunModel.of(await this.runs.finish(id, request.status ?? 'finished'));
  }

  // Keys hold slashes (`train/loss`): encode them as %2F.
  @Get(':id/metrics/:key')
  @Requires('read')
  @ApiOperation({ summary: 'The history of a metric, by step, timestamp and value' })
  @ApiParam({ name: 'key', description: 'Name of the metric; a slash in it as %2F.' })
  @ApiOkResponse({ type: MetricPointPage })
  async metric(
    @Param('id', ParseUUIDPipe) id: string,
    @Param('key') key: string,
    @Query() page: PageArgs,
  ): Promise<MetricPointPage> {
    return MetricPointPage.of(await this.history.ofRun(id, key, page));
  }
}
