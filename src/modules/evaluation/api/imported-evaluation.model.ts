import { ID, Int } from '@nestjs/graphql';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import type { Page } from '../../../platform/http/page.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import type { ImportReport, ImportedScore } from '../imports/import-report.js';
import type { ImportedEvaluationView } from '../imports/imported-evaluation.view.js';
import type { ImportedMetric, ReportedTotal } from '../imports/imported-results.js';

@Output('ImportedEvaluation', 'What another tool found out about a model version. It never changes.')
export class ImportedEvaluationModel {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => ID, { description: 'The model version that it is about.' })
  modelVersionId: string;

  @Prop(() => String, { description: 'The form of the file.', example: 'inspect-eval' })
  format: string;

  @Prop(() => String, { description: 'Version of the form, or of the tool.', nullable: true })
  formatVersion: string | null;

  @Prop(() => String, { description: 'What the tool calls the model.', nullable: true })
  reportedModel: string | null;

  @Prop(() => String, {
    description: 'How the run ended; incomplete: it never said that it ended.',
    openapi: { enum: ['completed', 'cancelled', 'failed', 'incomplete'] },
  })
  status: string;

  @Prop(() => String, {
    description: 'How the numbers are known: recomputed by Assay from results of items, or only reported.',
    openapi: { enum: ['reported', 'recomputed'] },
  })
  level: string;

  @Prop(() => Int, { description: 'How many tries at items it holds.' })
  items: number;

  @Prop(() => String, {
    description: 'Digest of the items: one a line, as canonical JSON. Null where there are totals alone.',
    nullable: true,
  })
  itemsDigest: string | null;

  @Prop(() => String, { description: 'Digest of the file that was sent.' })
  sourceDigest: string;

  @Prop(() => String, { description: 'Digest over all of this and its numbers.' })
  digest: string;

  @Prop(() => Date, { description: 'When it was imported.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who sent the file.' })
  createdBy: string;

  static of({ itemsBlob, ...view }: ImportedEvaluationView): ImportedEvaluationModel {
    return { ...view, itemsDigest: itemsBlob };
  }
}

@Output('ImportedEvaluationReport', 'An imported evaluation with its numbers.')
export class ImportedEvaluationReportModel extends ImportedEvaluationModel {
  @Prop(() => [String], { description: 'The benchmarks, test suites or files of prompts.' })
  tasks: string[];

  @Prop(() => [GraphQLJSON], {
    description:
      'Its metrics: {name, kind, scored, unscored}. A score has all its numbers in [0, 1]; a value has not.',
  })
  metrics: ImportedMetric[];

  @Prop(() => [GraphQLJSON], {
    description:
      'Computed by Assay from items: {task, metric, items, trials, unscored, metrics}, with completion_rate, pass@k, pass^k and mean_score, clustered by item. A metric is {defined: true, value, ci, n, formulaId} or {defined: false, reason}.',
  })
  scores: ImportedScore[];

  @Prop(() => [GraphQLJSON], { description: 'What the tool says: {task, metric, value, stderr, n}.' })
  totals: ReportedTotal[];

  static override of(view: ImportedEvaluationView & Partial<ImportReport>): ImportedEvaluationReportModel {
    const { tasks = [], metrics = [], scores = [], totals = [], ...facts } = view;
    return { ...ImportedEvaluationModel.of(facts), tasks, metrics, scores, totals };
  }
}

@Output('ImportedEvaluationPage', 'One page of imported evaluations, newest first.')
export class ImportedEvaluationPage extends Paged(ImportedEvaluationModel, 'ImportedEvaluation') {
  static of(page: Page<ImportedEvaluationView>): ImportedEvaluationPage {
    return { ...page, items: page.items.map((view) => ImportedEvaluationModel.of(view)) };
  }
}

@Output('EvaluationImportAccepted', 'The job that reads the file.')
export class ImportAcceptedModel {
  @Prop(() => JobModel, { description: 'Its result names the imported evaluation.' })
  job: JobModel;
}
