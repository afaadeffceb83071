import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { ProfileReader } from '../profile/profile.reader.js';
import { ProfileService } from '../profile/profile.service.js';
import { DatasetProfileModel } from './profile.model.js';

@Resolver(() => DatasetProfileModel)
export class ProfilesResolver {
  constructor(
    private readonly profiles: ProfileService,
    private readonly reader: ProfileReader,
  ) {}

  @Query(() => DatasetProfileModel, { description: "A split's columns, summarised." })
  @Requires('read')
  datasetProfile(@Args('ref') ref: string, @Args('split') split: string): Promise<DatasetProfileModel> {
    return this.reader.show(ref, split);
  }

  @Mutation(() => JobModel, { description: 'Profile every column of a split of a dataset version.' })
  @Requires('contribute')
  profileDataset(@Args('ref') ref: string, @Args('split') split: string): Promise<JobModel> {
    return this.profiles.request(ref, split);
  }
}
