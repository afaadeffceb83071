import { Float, ID, Int } from '@nestjs/graphql';
import type { Metric } from '../../../domain/metrics/index.js';
import { may } from '../../../platform/context/index.js';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Output, Paged, Prop, type Page } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { acrossSplits } from '../across-splits.js';
import type { EvaluationLevel, EvaluationView } from '../evaluation.view.js';
import { visibleSplits, type VisibleSplit } from '../visible-evaluation.js';

@Output(
  'Evaluation',
  'What Assay found out about a model version on splits of a dataset version. It never changes.',
)
export class EvaluationModel {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => ID, { description: 'The same identifier, under the name it has elsewhere.' })
  evaluationId: string;

  @Prop(() => ID, { description: 'The model version that was evaluated.' })
  modelVersionId: string;

  @Prop(() => ID, { description: 'The dataset version it was evaluated on.' })
  datasetVersionId: string;

  @Prop(() => GraphQLJSON, { description: 'What the numbers depend on beside rows and predictions.' })
  protocol: object;

  @Prop(() => String, {
    description:
      'Digest of the protocol. Numbers of different protocols compare only where all that their metric depends on is the same.',
  })
  protocolHash: string;

  @Prop(() => String, {
    description:
      'How the numbers are known: recomputed by Assay from predictions, executed (Assay ran the model), or only reported.',
    openapi: { enum: ['reported', 'recomputed', 'executed'] },
  })
  level: EvaluationLevel;

  @Prop(() => GraphQLJSON, {
    description:
      'What was run, where the model was: {runtime, engine, artifact, endpoint, inputs, output}. `artifact` is the digest of the file that was run; null for an endpoint, where what answered was run.',
    nullable: true,
  })
  execution: object | null;

  @Prop(() => String, { description: 'Digest over protocol and evidence.' })
  digest: string;

  @Prop(() => GraphQLJSON, {
    description:
      'By split: n, metrics, groups with rates, fairness, slices, search, labelNoise. A metric is {defined: true, value, ci, n, formulaId} (clusters and deff too, where rows are clustered) or {defined: false, reason}; of sealed splits only auditors see numbers.',
  })
  splits: Record<string, VisibleSplit>;

  @Prop(() => GraphQLJSON, {
    description:
      'By metric: its value in the source and in each domain, what is lost there, and the worst. Null without splits of role cross_domain.',
    nullable: true,
  })
  domains: object | null;

  @Prop(() => GraphQLJSON, {
    description:
      'What is lost on splits of role stress, paired by key with the rows that they are copies of: {paired, unpaired}.',
  })
  robustness: object;

  @Prop(() => Date, { description: 'When it was computed.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who sent the predictions, or had the model run.' })
  createdBy: string;

  /** As the caller may see it. */
  static of(view: EvaluationView): EvaluationModel {
    const {
      id,
      modelVersionId,
      datasetVersionId,
      protocol,
      protocolHash,
      level,
      execution,
      digest,
      createdAt,
      createdBy,
    } = view;
    return {
      id,
      evaluationId: id,
      modelVersionId,
      datasetVersionId,
      protocol,
      protocolHash,
      level,
      execution,
      digest,
      splits: Object.fromEntries(visibleSplits(view, may('audit')).map((split) => [split.split, split])),
      ...acrossSplits(view, may('audit')),
      createdAt,
      createdBy,
    };
  }
}

@Output('EvaluationPage', 'One page of evaluations, newest first.')
export class EvaluationPage extends Paged(EvaluationModel, 'Evaluation') {
  static of(page: Page<EvaluationView>): EvaluationPage {
    return { ...page, items: page.items.map((view) => EvaluationModel.of(view)) };
  }
}

@Output('EvaluationAccepted', 'The job that computes the evaluation.')
export class EvaluationAcceptedModel {
  @Prop(() => JobModel, { description: 'Its result names the evaluation.' })
  job: JobModel;
}

const NO_NUMBER = {
  defined: false,
  value: null,
  ci: null,
  n: null,
  formulaId: null,
  clusters: null,
  deff: null,
} as const;

@Output('EvaluationMetric', 'One metric of one split.')
export class EvaluationMetricModel {
  @Prop(() => String, { description: 'Name.', example: 'auc' })
  name: string;

  @Prop(() => Boolean, { description: 'Whether there is a number.' })
  defined: boolean;

  @Prop(() => Float, { description: 'The number.', nullable: true })
  value: number | null;

  @Prop(() => [Float], { description: '95 % interval, low and high.', nullable: true })
  ci: number[] | null;

  @Prop(() => Int, { description: 'How many rows it rests on.', nullable: true })
  n: number | null;

  @Prop(() => String, { description: 'Formula and interval by name.', nullable: true })
  formulaId: string | null;

  @Prop(() => Int, {
    description: 'Clusters of rows that the interval rests on, where the protocol names their column.',
    nullable: true,
  })
  clusters: number | null;

  @Prop(() => Float, {
    description: 'How often more rows than independent ones it takes, at least 1; where rows are clustered.',
    nullable: true,
  })
  deff: number | null;

  @Prop(() => String, { description: 'Why there is no number.', nullable: true })
  reason: string | null;

  static of(name: string, metric: Metric): EvaluationMetricModel {
    return metric.defined
      ? {
          name,
          defined: true,
          value: metric.value,
          ci: metric.ci,
          n: metric.n,
          formulaId: metric.formulaId,
          clusters: metric.clusters ?? null,
          deff: metric.deff ?? null,
          reason: null,
        }
      : { ...NO_NUMBER, name, reason: metric.reason };
  }
}

function metricModels(metrics: Record<string, Metric>): EvaluationMetricModel[] {
  return Object.entries(metrics).map(([id, metric]) => EvaluationMetricModel.of(id, metric));
}

@Output('EvaluationSlice', 'A declared slice of a split: the rows of which its expression is true.')
export class EvaluationSliceModel {
  @Prop(() => String, { description: 'Name.', example: 'young' })
  name: string;

  @Prop(() => String, { description: 'Its expression.', example: 'age < 25' })
  where: string;

  @Prop(() => Int, { description: 'How many rows.' })
  n: number;

  @Prop(() => [EvaluationMetricModel], { description: 'Its metrics.' })
  metrics: EvaluationMetricModel[];
}

@Output('EvaluationSplit', 'One split of an evaluation.')
export class EvaluationSplitModel {
  @Prop(() => String, { description: 'Name of the split.' })
  split: string;

  @Prop(() => String, { description: 'Its role.' })
  role: string;

  @Prop(() => String, { description: 'Where its rows come from.', nullable: true })
  domain: string | null;

  @Prop(() => Boolean, { description: 'Whether its labels are sealed.' })
  sealed: boolean;

  @Prop(() => Int, { description: 'How many rows.' })
  n: number;

  @Prop(() => Int, { description: 'Which look at the sealed rows this was.', nullable: true })
  look: number | null;

  @Prop(() => Int, { description: 'How many looks there may be.', nullable: true })
  budget: number | null;

  @Prop(() => [EvaluationMetricModel], { description: 'Its metrics.' })
  metrics: EvaluationMetricModel[];

  @Prop(() => GraphQLJSON, { description: 'Groups with their rates: [{attributes, n, rates}].' })
  groups: object[];

  @Prop(() => GraphQLJSON, { description: 'Fairness metric -> attribute set -> metric.' })
  fairness: object;

  @Prop(() => [EvaluationSliceModel], { description: 'The declared slices, in the order of their names.' })
  slices: EvaluationSliceModel[];

  @Prop(() => GraphQLJSON, {
    description:
      'Where errors are most frequent, if the protocol asked: how many slices were tried, and the first by p (Fisher, one-sided; adjusted by Holm over all tried), each with n, rate, and those of the rest.',
    nullable: true,
  })
  search: object | null;

  @Prop(() => GraphQLJSON, {
    description:
      'For each share of the protocol: how many labels it is, and the least and the largest value of each metric if so many were wrong.',
  })
  labelNoise: object[];

  static of(split: VisibleSplit): EvaluationSplitModel {
    const {
      metrics,
      split: name,
      role,
      domain,
      sealed,
      n,
      look,
      budget,
      groups,
      fairness,
      search,
      labelNoise,
    } = split;
    const slices = split.slices.map((slice) => ({ ...slice, metrics: metricModels(slice.metrics) }));
    return {
      split: name,
      role,
      domain,
      sealed,
      n,
      look,
      budget,
      metrics: metricModels(metrics),
      groups,
      fairness,
      slices,
      search,
      labelNoise,
    };
  }
}
