import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../auth/requires.decorator.js';
import { Jobs } from '../jobs.service.js';
import { JobModel, JobPage } from './job.model.js';
import { JobListArgs } from './job.request.js';

@Resolver(() => JobModel)
export class JobsResolver {
  constructor(private readonly jobs: Jobs) {}

  @Query(() => JobModel, { description: 'A job.' })
  @Requires('read')
  job(@Args('id', { type: () => ID }) id: string): Promise<JobModel> {
    return this.jobs.get(id);
  }

  @Query(() => JobPage, { name: 'jobs', description: 'Jobs, newest first.' })
  @Requires('read')
  list(@Args() args: JobListArgs): Promise<JobPage> {
    return this.jobs.list(args, args);
  }

  @Mutation(() => JobModel, { description: 'Stop a job.' })
  @Requires('contribute')
  cancelJob(@Args('id', { type: () => ID }) id: string): Promise<JobModel> {
    return this.jobs.cancel(id);
  }
}
