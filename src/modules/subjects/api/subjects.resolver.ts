import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { NotReplayed } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { SubjectsService } from '../subjects.service.js';
import { SubjectReachModel } from './subject.model.js';
import { SubjectRequest } from './subject.request.js';

@Resolver(() => SubjectReachModel)
export class SubjectsResolver {
  constructor(private readonly subjects: SubjectsService) {}

  /** No query: a query may come by GET, and its address may end up in a log. */
  @Mutation(() => SubjectReachModel, {
    description: 'Where the rows of a subject are, and what came of them. Changes nothing.',
  })
  @NotReplayed()
  @Requires('read')
  findSubject(@Args('input') { subject }: SubjectRequest): Promise<SubjectReachModel> {
    return this.subjects.find(subject);
  }

  @Mutation(() => SubjectReachModel, {
    description: 'Withdraw the consent of a subject, for good; again it changes nothing.',
  })
  @NotReplayed()
  @Requires('policy')
  withdrawConsent(@Args('input') { subject }: SubjectRequest): Promise<SubjectReachModel> {
    return this.subjects.withdraw(subject);
  }

  @Mutation(() => JobModel, {
    description: 'Erase the rows of a subject everywhere, and forget it; the result of the job is a report.',
  })
  @NotReplayed()
  @Requires('policy')
  eraseSubject(@Args('input') { subject }: SubjectRequest): Promise<JobModel> {
    return this.subjects.erase(subject);
  }
}
