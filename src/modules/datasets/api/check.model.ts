import { Float, ID, Int } from '@nestjs/graphql';
import type { CheckFinding, CheckStatus, CheckUnit } from '../../../domain/quality/index.js';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import type { CheckView } from '../checks/check.view.js';

@Output('ChecksAccepted', 'Checks that are being run.')
export class ChecksAcceptedModel {
  @Prop(() => JobModel, { description: 'The job; its result says what each check found.' })
  job: JobModel;
}

@Output('RuleSuggestionsAccepted', 'Rules that are being derived.')
export class RuleSuggestionsAcceptedModel {
  @Prop(() => JobModel, {
    description:
      'The job; its result has `checks`, to be sent as they are, and `leftOut`: columns of which nothing is suggested.',
  })
  job: JobModel;
}

@Output('CheckFinding', 'A row that fails, or without a row what `rule` names.')
export class CheckFindingModel implements CheckFinding {
  @Prop(() => String, { description: 'Its split.' })
  split: string;

  @Prop(() => Int, {
    description: 'Row of the split as it is downloaded, from 1: in the order of keys where there are any.',
    nullable: true,
  })
  row: number | null;

  @Prop(() => String, { description: 'Its key.', nullable: true })
  key: string | null;

  @Prop(() => String, {
    description: 'Split of the row that it repeats, contradicts or is near to.',
    nullable: true,
  })
  otherSplit: string | null;

  @Prop(() => Int, { description: 'That row.', nullable: true })
  otherRow: number | null;

  @Prop(() => String, { description: 'The key of that row.', nullable: true })
  otherKey: string | null;

  @Prop(() => String, { description: 'Rule, column, class or group.', nullable: true })
  rule: string | null;

  @Prop(() => String, { description: 'What was found.', nullable: true })
  detail: string | null;

  @Prop(() => String, { description: 'error or warning.', openapi: { enum: ['error', 'warning'] } })
  severity: 'error' | 'warning';
}

@Output('CheckFindingPage', 'One page of what fails, in the order of splits and rows.')
export class CheckFindingPage extends Paged(CheckFindingModel, 'CheckFinding') {}

@Output('DatasetCheck', 'What a check found in a dataset version. It never changes.')
export class DatasetCheckModel implements CheckView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => ID, { description: 'The dataset version.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'Which check.' })
  check: string;

  @Prop(() => Int, { description: 'Version of the check.' })
  version: number;

  @Prop(() => [String], { description: 'The splits.' })
  splits: string[];

  @Prop(() => GraphQLJSON, { description: 'Parameters with every default written out.' })
  parameters: Record<string, unknown>;

  @Prop(() => String, {
    description: 'passed: nothing failed. undefined: it cannot be told.',
    openapi: { enum: ['passed', 'failed', 'undefined'] },
  })
  status: CheckStatus;

  @Prop(() => String, { description: 'The counts as a sentence.' })
  reason: string;

  @Prop(() => String, {
    description: 'What is counted.',
    openapi: { enum: ['rows', 'classes', 'groups', 'columns'] },
  })
  unit: CheckUnit;

  @Prop(() => Float, { description: 'How many fail.' })
  failing: number;

  @Prop(() => Float, { description: 'How many are only warned of.' })
  warnings: number;

  @Prop(() => Float, { description: 'Of how many.' })
  total: number;

  @Prop(() => GraphQLJSON, { description: 'What else was measured.' })
  facts: Record<string, unknown>;

  @Prop(() => [CheckFindingModel], { description: 'The first of what fails.' })
  first: CheckFinding[];

  @Prop(() => String, { description: 'SHA-256 over content id, question, outcome and findings.' })
  digest: string;

  @Prop(() => Date, { description: 'When it was made.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who asked for it.' })
  createdBy: string;
}

@Output('DatasetCheckPage', 'One page of checks, newest first.')
export class DatasetCheckPage extends Paged(DatasetCheckModel, 'DatasetCheck') {}
