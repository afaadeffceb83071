import { ID } from '@nestjs/graphql';
import { GraphQLJSON } from '../../graphql/json.scalar.js';
import { Paged } from '../../http/paged.js';
import { Output, Prop } from '../../http/shape.js';
import type { JobError } from '../job-errors.js';
import { JOB_STATES, type JobState } from '../job.state.js';
import type { JobView } from '../jobs.service.js';

@Output('JobError', 'Why a job failed.')
export class JobErrorModel implements JobError {
  @Prop(() => String, { description: 'Stable code.' })
  code: string;

  @Prop(() => String, { description: 'What was found and what was expected.' })
  message: string;

  @Prop(() => GraphQLJSON, { description: 'Further facts; `remedy` says what to do.' })
  details: JobError['details'];
}

@Output('JobSubject', 'What a job works on.')
export class JobSubjectModel {
  @Prop(() => String, { description: 'Kind: datasetVersion, evaluation, ...' })
  kind: string;

  @Prop(() => ID, { description: 'Identifier.' })
  id: string;
}

@Output('Job', 'Work that takes longer than a request. What was accepted completes.')
export class JobModel implements JobView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'What sort of work it is.' })
  kind: string;

  @Prop(() => String, { description: `One of ${JOB_STATES.join(', ')}.`, openapi: { enum: JOB_STATES } })
  state: JobState;

  @Prop(() => Number, { description: 'How much is done, from 0 to 1.', openapi: { minimum: 0, maximum: 1 } })
  progress: number;

  @Prop(() => String, { description: 'What it is doing.', nullable: true })
  message: string | null;

  @Prop(() => GraphQLJSON, { description: 'What came out; only of a job that succeeded.', nullable: true })
  result: object | null;

  @Prop(() => JobErrorModel, { description: 'Why it failed; only of a job that did.', nullable: true })
  error: JobErrorModel | null;

  @Prop(() => JobSubjectModel, { description: 'What it works on.', nullable: true })
  subject: JobSubjectModel | null;

  @Prop(() => Date, { description: 'When it was asked for.' })
  createdAt: Date;

  @Prop(() => Date, { description: 'When it was first started.', nullable: true })
  startedAt: Date | null;

  @Prop(() => Date, { description: 'When it was finished, however it ended.', nullable: true })
  finishedAt: Date | null;
}

@Output('JobPage', 'One page of jobs, newest first.')
export class JobPage extends Paged(JobModel, 'Job') {}
