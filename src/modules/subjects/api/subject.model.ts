import { ID, Int } from '@nestjs/graphql';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { Output, Prop } from '../../../platform/http/index.js';
import type { ConsentView, SubjectRows } from '../../datasets/index.js';
import { DeploymentModel } from '../../deployments/api/promotion.model.js';
import { LineageNodeRefModel } from '../../lineage/api/lineage.model.js';
import type { LineageNode } from '../../lineage/index.js';
import type { SubjectReach } from '../subjects.service.js';

@Output('ReachedByData', 'Something that rests on the rows of a subject.')
export class ReachedByDataModel extends LineageNodeRefModel implements LineageNode {
  @Prop(() => String, { description: 'What people call it.', example: 'credit@1' })
  label: string;
}

@Output('SubjectRows', 'How many rows of a split are about a subject.')
export class SubjectRowsModel implements SubjectRows {
  @Prop(() => ID, { description: 'The dataset version.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'Its NAME@VERSION.' })
  datasetVersion: string;

  @Prop(() => String, { description: 'The split.' })
  split: string;

  @Prop(() => Int, { description: 'How many rows.' })
  rows: number;
}

@Output('SubjectReach', 'Where rows of a subject are, and all that came of them.')
export class SubjectReachModel implements SubjectReach {
  @Prop(() => Boolean, { description: 'Whether anything was ever said of the subject.' })
  known: boolean;

  @Prop(() => String, { description: 'What the audit log calls it.', nullable: true })
  pseudonym: string | null;

  @Prop(() => Date, { description: 'When the consent was withdrawn; null: it was not.', nullable: true })
  withdrawnAt: Date | null;

  @Prop(() => [SubjectRowsModel], { description: 'By dataset version and split.' })
  rows: SubjectRowsModel[];

  @Prop(() => Int, { description: 'Rows that wait in sampling plans, and are in no version yet.' })
  waiting: number;

  @Prop(() => [ReachedByDataModel], { description: 'Those with its rows, and those derived from them.' })
  datasetVersions: ReachedByDataModel[];

  @Prop(() => [ReachedByDataModel], { description: 'Runs that read these.' })
  runs: ReachedByDataModel[];

  @Prop(() => [ReachedByDataModel], { description: 'Model versions that were made of these.' })
  modelVersions: ReachedByDataModel[];

  @Prop(() => [ReachedByDataModel], { description: 'Evaluations of these, or on these.' })
  evaluations: ReachedByDataModel[];

  @Prop(() => [ReachedByDataModel], { description: 'Decisions that rest on these.' })
  gateDecisions: ReachedByDataModel[];

  @Prop(() => [ReachedByDataModel], { description: 'Promotions that rest on these.' })
  promotions: ReachedByDataModel[];

  @Prop(() => [DeploymentModel], { description: 'Where these stand or stood, newest first.' })
  deployments: DeploymentModel[];
}

@Output('ErasureAccepted', 'A subject whose rows are being erased.')
export class ErasureAcceptedModel {
  @Prop(() => JobModel, {
    description: 'The job; its result is a report of what was erased and what was not.',
  })
  job: JobModel;
}

@Output('Consent', 'What of the data behind something was withdrawn.')
export class ConsentModel implements ConsentView {
  @Prop(() => Int, {
    description: 'Subjects who withdrew their consent, in any dataset version that led to it.',
  })
  withdrawn: number;

  @Prop(() => [String], { description: 'Those versions, NAME@VERSION.' })
  datasetVersions: string[];
}
