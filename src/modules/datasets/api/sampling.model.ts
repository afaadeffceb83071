import { ID, Int } from '@nestjs/graphql';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import type { LiveSampleView, SamplingPlanView } from '../live/sampling-plan.view.js';

@Output('SamplingPlan', 'How live rows are sampled, and the sample that is being fed.')
export class SamplingPlanModel implements SamplingPlanView {
  @Prop(() => ID, { description: 'Its id.' })
  id: string;

  @Prop(() => String, {
    description: 'The dataset that its samples become versions of. The plan goes by this name.',
    example: 'wages-live',
  })
  dataset: string;

  @Prop(() => ID, {
    description: 'The version whose columns rows have to fit; parent of those that are made.',
  })
  datasetVersionId: string;

  @Prop(() => String, { description: 'Its split that samples are to be compared with.', example: 'train' })
  split: string;

  @Prop(() => Int, { description: 'Rows that a sample has at most.' })
  capacity: number;

  @Prop(() => Int, {
    description: 'With a secret of the project it says which rows are drawn, whatever the batches.',
  })
  seed: number;

  @Prop(() => String, { description: 'The column that says whom a row is about.', nullable: true })
  subjectColumn: string | null;

  @Prop(() => [String], { description: 'Names of the sources that its rows come from.' })
  sources: string[];

  @Prop(() => Int, { description: 'Number of the sample that is being fed, from 1.' })
  sampleNo: number;

  @Prop(() => Int, { description: 'Rows that were offered for that sample.' })
  offered: number;

  @Prop(() => Int, {
    description:
      'Of these, rows offered with keys that may not push policies: then the sample decides no gate.',
  })
  untrusted: number;

  @Prop(() => Int, {
    description:
      'Rows that are drawn so far: a simple random sample of all that were offered and not erased.',
  })
  waiting: number;

  @Prop(() => Date, { description: 'When the first row was offered for that sample.', nullable: true })
  firstOfferedAt: Date | null;

  @Prop(() => Date, { description: 'When the last row was offered for it.', nullable: true })
  lastOfferedAt: Date | null;

  @Prop(() => Date, { description: 'When the plan was made.' })
  createdAt: Date;

  @Prop(() => String, { description: 'By which key.' })
  createdBy: string;
}

@Output('SamplingPlanPage', 'One page of sampling plans, by name.')
export class SamplingPlanPage extends Paged(SamplingPlanModel, 'SamplingPlan') {}

@Output('LiveSample', 'A sample that is fed no more.')
export class LiveSampleModel implements LiveSampleView {
  @Prop(() => ID, { description: 'Its id.' })
  id: string;

  @Prop(() => ID, { description: 'Its sampling plan.' })
  planId: string;

  @Prop(() => Int, { description: 'Its number within the plan, from 1.' })
  no: number;

  @Prop(() => Int, { description: 'Rows that it was drawn from.' })
  offered: number;

  @Prop(() => Int, { description: 'Of these, rows offered with keys that may not push policies.' })
  untrusted: number;

  @Prop(() => Date, { description: 'When the first of them was offered.' })
  firstOfferedAt: Date;

  @Prop(() => Date, { description: 'When the last of them was offered: its age counts from here.' })
  lastOfferedAt: Date;

  @Prop(() => ID, { description: 'What became of it; null until its job has succeeded.', nullable: true })
  datasetVersionId: string | null;

  @Prop(() => Date, { description: 'When it was ended.' })
  createdAt: Date;

  @Prop(() => String, { description: 'By which key.' })
  createdBy: string;
}

@Output('LiveSamplePage', 'One page of the samples of a plan, newest first.')
export class LiveSamplePage extends Paged(LiveSampleModel, 'LiveSample') {}

@Output('LiveSampleAccepted', 'A sample that becomes a dataset version.')
export class LiveSampleAcceptedModel {
  @Prop(() => JobModel, {
    description:
      'The job; its result is that of a push, with liveSampleId, number and offered rows of the sample. Where it fails, take the same number once more.',
  })
  job: JobModel;
}
