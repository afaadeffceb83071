import { Float, ID, Int } from '@nestjs/graphql';
import { Output, Prop } from '../../../platform/http/index.js';
import type {
  ContinualCell,
  ContinualMeasure,
  ContinualView,
  TaskValue,
} from '../continual/continual.view.js';
import { EvaluationMetricModel } from './evaluation.model.js';

@Output('ContinualModelVersion', 'A model version of the sequence.')
export class ContinualModelVersionModel {
  @Prop(() => ID, { description: 'Its id.' })
  id: string;

  @Prop(() => String, { description: 'NAME@VERSION.' })
  ref: string;
}

@Output('ContinualTaskSplit', 'A split that stands for a task.')
export class ContinualTaskModel {
  @Prop(() => ID, { description: 'The dataset version.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'NAME@VERSION.' })
  ref: string;

  @Prop(() => String, { description: 'Name of the split.' })
  split: string;
}

@Output('ContinualCell', 'The newest number that there is of one model version on one task.')
export class ContinualCellModel {
  @Prop(() => Int, { description: '0 is the model version after the first task; -1 the baseline.' })
  step: number;

  @Prop(() => Int, { description: '0 is the first task.' })
  task: number;

  @Prop(() => ID, { description: 'Where the number stands; null where nobody evaluated it.', nullable: true })
  evaluationId: string | null;

  @Prop(() => EvaluationMetricModel, {
    description: 'The number, or why there is none. Of sealed splits only auditors see it.',
  })
  score: EvaluationMetricModel;

  @Prop(() => Float, {
    description:
      'What of the task was forgotten since it was learnt; null before that, and where a score is missing.',
    nullable: true,
  })
  forgotten: number | null;

  static of(metric: string, cell: ContinualCell): ContinualCellModel {
    return { ...cell, score: EvaluationMetricModel.of(metric, cell.score) };
  }
}

@Output('ContinualTaskValue', 'A number of one task.')
export class ContinualTaskValueModel implements TaskValue {
  @Prop(() => Int, { description: '0 is the first task.' })
  task: number;

  @Prop(() => Float, { description: 'The number.' })
  value: number;
}

@Output(
  'ContinualMeasure',
  'One formula on the matrix of scores. Numbers of different formulas do not compare.',
)
export class ContinualMeasureModel {
  @Prop(() => String, { description: 'Name.', example: 'bwt_gem' })
  id: string;

  @Prop(() => String, { description: 'What it is, and of whom.' })
  label: string;

  @Prop(() => String, { description: 'Which way is better.', openapi: { enum: ['higher', 'lower'] } })
  direction: string;

  @Prop(() => EvaluationMetricModel, { description: 'The mean over tasks, or why there is none.' })
  value: EvaluationMetricModel;

  @Prop(() => [ContinualTaskValueModel], { description: 'By task: a mean hides one that was lost.' })
  tasks: ContinualTaskValueModel[];

  @Prop(() => ContinualTaskValueModel, { description: 'Of those the worst.', nullable: true })
  worst: ContinualTaskValueModel | null;

  static of({ id, label, direction, value, tasks, worst }: ContinualMeasure): ContinualMeasureModel {
    return { id, label, direction, value: EvaluationMetricModel.of(id, value), tasks, worst };
  }
}

@Output('ContinualReport', 'What a model kept, transferred and forgot along a sequence of tasks.')
export class ContinualReportModel {
  @Prop(() => String, { description: 'The metric.' })
  metric: string;

  @Prop(() => [ContinualModelVersionModel], { description: 'The model after each task.' })
  modelVersions: ContinualModelVersionModel[];

  @Prop(() => [ContinualTaskModel], { description: 'The tasks, as they were learnt.' })
  tasks: ContinualTaskModel[];

  @Prop(() => ContinualModelVersionModel, {
    description: 'What forward transfer is counted from.',
    nullable: true,
  })
  baseline: ContinualModelVersionModel | null;

  @Prop(() => [ContinualCellModel], { description: 'The matrix, row by row; then the baseline.' })
  cells: ContinualCellModel[];

  @Prop(() => [ContinualMeasureModel], { description: 'Every formula.' })
  measures: ContinualMeasureModel[];

  static of(view: ContinualView): ContinualReportModel {
    return {
      ...view,
      cells: view.cells.map((cell) => ContinualCellModel.of(view.metric, cell)),
      measures: view.measures.map((measure) => ContinualMeasureModel.of(measure)),
    };
  }
}
