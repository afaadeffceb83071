import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { CheckReader } from '../checks/check.reader.js';
import { ChecksService } from '../checks/checks.service.js';
import { RuleSuggestions } from '../checks/suggest/rule-suggestions.service.js';
import { CheckFindingPage, DatasetCheckModel, DatasetCheckPage } from './check.model.js';
import { CheckFindingsArgs, CheckListArgs, ChecksRequest, RuleSuggestionsRequest } from './check.request.js';

@Resolver(() => DatasetCheckModel)
export class ChecksResolver {
  constructor(
    private readonly checks: ChecksService,
    private readonly reader: CheckReader,
    private readonly suggestions: RuleSuggestions,
  ) {}

  @Query(() => DatasetCheckPage, { description: 'What checks found in a dataset version, newest first.' })
  @Requires('read')
  datasetChecks(@Args() { ref, ...page }: CheckListArgs): Promise<DatasetCheckPage> {
    return this.reader.list(ref, page);
  }

  @Query(() => CheckFindingPage, { description: 'Every row that fails a check.' })
  @Requires('read')
  datasetCheckFindings(@Args() { id, ...page }: CheckFindingsArgs): Promise<CheckFindingPage> {
    return this.reader.findings(id, page);
  }

  @Mutation(() => JobModel, {
    description: 'Check a dataset version; what was checked already stays as it is.',
  })
  @Requires('contribute')
  checkDataset(@Args('ref') ref: string, @Args('input') input: ChecksRequest): Promise<JobModel> {
    return this.checks.request(ref, input.checks);
  }

  @Mutation(() => JobModel, {
    description: 'Derive rules that a dataset version keeps; they are the result of the job.',
  })
  @Requires('contribute')
  suggestRules(
    @Args('ref') ref: string,
    @Args('input') { splits }: RuleSuggestionsRequest,
  ): Promise<JobModel> {
    return this.suggestions.request(ref, splits ?? null);
  }
}
