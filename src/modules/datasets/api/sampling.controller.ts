import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { SampleFeed } from '../live/sample-feed.service.js';
import { SampleTaking } from '../live/sample-taking.service.js';
import { SamplingPlanReader } from '../live/sampling-plan.reader.js';
import { SamplingPlans } from '../live/sampling-plans.service.js';
import {
  LiveSampleAcceptedModel,
  LiveSamplePage,
  SamplingPlanModel,
  SamplingPlanPage,
} from './sampling.model.js';
import { CreateSamplingPlanRequest, OfferRowsRequest, TakeLiveSampleRequest } from './sampling.request.js';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/sampling-plans')
export class SamplingController {
  constructor(
    private readonly plans: SamplingPlans,
    private readonly feed: SampleFeed,
    private readonly taking: SampleTaking,
    private readonly reader: SamplingPlanReader,
  ) {}

  @Post()
  @Requires('contribute')
  @ApiOperation({ summary: 'Say how live rows are sampled' })
  @ApiCreatedResponse({ type: SamplingPlanModel })
  create(@Body() request: CreateSamplingPlanRequest): Promise<SamplingPlanModel> {
    return this.plans.create(request);
  }

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List sampling plans by name' })
  @ApiOkResponse({ type: SamplingPlanPage })
  list(@Query() page: PageArgs): Promise<SamplingPlanPage> {
    return this.reader.list(page);
  }

  @Get(':name')
  @Requires('read')
  @ApiOperation({ summary: 'Show a sampling plan, with what was offered so far' })
  @ApiOkResponse({ type: SamplingPlanModel })
  show(@Param('name') name: string): Promise<SamplingPlanModel> {
    return this.reader.byName(name);
  }

  @Post(':name/rows')
  @HttpCode(200)
  @Requires('contribute')
  @ApiOperation({
    summary: 'Offer rows for the sample: all are taken, or none',
    description:
      'The sample keeps at most `capacity` rows: a simple random sample of all that were offered for it, the same one however rows are put into batches. A row that does not fit is refused with row, column and value (LIVE_ROW_INVALID), and nothing of its batch is stored; so is a batch with rows of subjects who withdrew consent. Send an Idempotency-Key: a batch that is repeated under it counts once.',
  })
  @ApiOkResponse({ type: SamplingPlanModel })
  offer(@Param('name') name: string, @Body() { rows }: OfferRowsRequest): Promise<SamplingPlanModel> {
    return this.feed.offer(name, rows);
  }

  @Get(':name/samples')
  @Requires('read')
  @ApiOperation({ summary: 'List the samples of a plan that are fed no more, newest first' })
  @ApiOkResponse({ type: LiveSamplePage })
  samples(@Param('name') name: string, @Query() page: PageArgs): Promise<LiveSamplePage> {
    return this.reader.samples(name, page);
  }

  @Post(':name/samples')
  @HttpCode(202)
  @Requires('contribute')
  @ApiOperation({
    summary:
      'End the sample and make a dataset version of it, as a push would; the next one is fed from then on',
  })
  @ApiAcceptedResponse({ type: LiveSampleAcceptedModel })
  async take(
    @Param('name') name: string,
    @Body() { no }: TakeLiveSampleRequest,
  ): Promise<LiveSampleAcceptedModel> {
    return { job: await this.taking.take(name, no ?? null) };
  }
}
