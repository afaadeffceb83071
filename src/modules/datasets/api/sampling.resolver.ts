import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { SampleFeed } from '../live/sample-feed.service.js';
import { SampleTaking } from '../live/sample-taking.service.js';
import { SamplingPlanReader } from '../live/sampling-plan.reader.js';
import { SamplingPlans } from '../live/sampling-plans.service.js';
import { LiveSamplePage, SamplingPlanModel, SamplingPlanPage } from './sampling.model.js';
import {
  CreateSamplingPlanRequest,
  LiveSamplesArgs,
  OfferRowsRequest,
  TakeLiveSampleRequest,
} from './sampling.request.js';

@Resolver(() => SamplingPlanModel)
export class SamplingResolver {
  constructor(
    private readonly plans: SamplingPlans,
    private readonly feed: SampleFeed,
    private readonly taking: SampleTaking,
    private readonly reader: SamplingPlanReader,
  ) {}

  @Query(() => SamplingPlanPage, { description: 'Sampling plans, by name.' })
  @Requires('read')
  samplingPlans(@Args() page: PageArgs): Promise<SamplingPlanPage> {
    return this.reader.list(page);
  }

  @Query(() => SamplingPlanModel, { description: 'How live rows are sampled.' })
  @Requires('read')
  samplingPlan(@Args('name') name: string): Promise<SamplingPlanModel> {
    return this.reader.byName(name);
  }

  @Query(() => LiveSamplePage, { description: 'Samples of a plan that are fed no more, newest first.' })
  @Requires('read')
  liveSamples(@Args() { name, ...page }: LiveSamplesArgs): Promise<LiveSamplePage> {
    return this.reader.samples(name, page);
  }

  @Mutation(() => SamplingPlanModel, { description: 'Say how live rows are sampled.' })
  @Requires('contribute')
  createSamplingPlan(@Args('input') input: CreateSamplingPlanRequest): Promise<SamplingPlanModel> {
    return this.plans.create(input);
  }

  @Mutation(() => SamplingPlanModel, { description: 'Offer rows for a live sample: all are taken, or none.' })
  @Requires('contribute')
  offerRows(
    @Args('name') name: string,
    @Args('input') { rows }: OfferRowsRequest,
  ): Promise<SamplingPlanModel> {
    return this.feed.offer(name, rows);
  }

  @Mutation(() => JobModel, { description: 'End a live sample and make a dataset version of it.' })
  @Requires('contribute')
  takeLiveSample(
    @Args('name') name: string,
    @Args('input') { no }: TakeLiveSampleRequest,
  ): Promise<JobModel> {
    return this.taking.take(name, no ?? null);
  }
}
