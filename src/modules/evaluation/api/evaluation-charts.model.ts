import { Float, Int } from '@nestjs/graphql';
import { Output, Prop } from '../../../platform/http/index.js';

@Output('RocPoint', 'A point of a ROC curve: what is called positive from a threshold on.')
export class RocPointModel {
  @Prop(() => Float, {
    description: 'A score that occurs; null where nothing is called positive.',
    nullable: true,
  })
  threshold: number | null;

  @Prop(() => Float, { description: 'Share of the negatives with at least that score.' })
  fpr: number;

  @Prop(() => Float, { description: 'Share of the positives with at least that score.' })
  tpr: number;
}

@Output('RocCurve', 'A ROC curve of at most 200 points, by falling threshold.')
export class RocCurveModel {
  @Prop(() => [RocPointModel], { description: 'From (0, 0) to (1, 1).' })
  points: RocPointModel[];

  @Prop(() => Boolean, {
    description:
      'Every corner is among the points. Otherwise it was thinned: its convex hull is missed by 0.001 at most, and of sealed splits at least 20 rows lie between two points.',
  })
  exact: boolean;
}

@Output('ScoreHistogram', 'Rows by score, in equal bins (lo, hi] of [0, 1]; 0 falls into the first.')
export class ScoreHistogramModel {
  @Prop(() => Int, { description: 'How many bins.' })
  bins: number;

  @Prop(() => [Int], { description: 'Rows of the positive class, by bin.' })
  positives: number[];

  @Prop(() => [Int], { description: 'Rows of the negative class, by bin.' })
  negatives: number[];
}

@Output('ReliabilityBin', 'One bin (from, to] of a reliability curve.')
export class ReliabilityBinModel {
  @Prop(() => Float, { description: 'Lower end.' })
  from: number;

  @Prop(() => Float, { description: 'Upper end.' })
  to: number;

  @Prop(() => Int, { description: 'How many rows.' })
  n: number;

  @Prop(() => Float, { description: 'Mean score; null in a bin without rows.', nullable: true })
  meanScore: number | null;

  @Prop(() => Float, {
    description:
      'Share of positives; with more than two classes, of rows whose most probable class is the label. Null in a bin without rows.',
    nullable: true,
  })
  observedRate: number | null;

  @Prop(() => [Float], { description: "Wilson's 95% interval of that share.", nullable: true })
  ci: [low: number, high: number] | null;
}

@Output('ScoreCharts', 'Charts of the scores of two classes.')
export class ScoreChartsModel {
  @Prop(() => RocCurveModel, { description: 'The ROC curve.' })
  roc: RocCurveModel;

  @Prop(() => ScoreHistogramModel, { description: 'Scores of each class.' })
  histogram: ScoreHistogramModel;
}

// Not a list of lists: GraphQL's clients look into a type only so deep.
@Output('ConfusionRow', 'Rows of one label, by what was predicted.')
export class ConfusionRowModel {
  @Prop(() => String, { description: 'The label.' })
  label: string;

  @Prop(() => [Int], { description: 'Rows by predicted class, in the order of the classes.' })
  counts: number[];
}

@Output('SplitCharts', 'What charts of a split draw.')
export class SplitChartsModel {
  @Prop(() => [String], { description: 'Classes of the label; of two, the positive one is the last.' })
  classes: string[];

  @Prop(() => [ConfusionRowModel], {
    description: 'The confusion matrix, by label in the order of the classes.',
  })
  confusion: ConfusionRowModel[];

  @Prop(() => [ReliabilityBinModel], {
    description: 'The reliability curve; null where no scores were sent.',
    nullable: true,
  })
  reliability: ReliabilityBinModel[] | null;

  @Prop(() => ScoreChartsModel, {
    description: 'Null without scores of two classes, and for evaluations that are older than charts.',
    nullable: true,
  })
  scores: ScoreChartsModel | null;
}

@Output('EvaluationCharts', 'Charts of one split of an evaluation.')
export class EvaluationChartsModel {
  @Prop(() => String, { description: 'Name of the split.' })
  split: string;

  @Prop(() => Boolean, { description: 'Whether its labels are sealed.' })
  sealed: boolean;

  @Prop(() => Int, { description: 'How many rows.' })
  n: number;

  @Prop(() => SplitChartsModel, {
    description: 'Null of a sealed split, for callers without the permission audit.',
    nullable: true,
  })
  charts: SplitChartsModel | null;
}

@Output('EvaluationChartsList', 'Charts of all splits of an evaluation.')
export class EvaluationChartsListModel {
  @Prop(() => [EvaluationChartsModel], { description: 'In the order of the evaluation.' })
  items: EvaluationChartsModel[];
}
