import type { Metric, MetricName } from '../../../domain/metrics/index.js';

/** A task, by the split that stands for it, and the model once it had learnt it. References are NAME@VERSION or id. */
export interface StepRequest {
  modelVersion: string;
  datasetVersion: string;
  split: string;
}

/** One model, updated task by task. */
export interface ContinualRequest {
  metric: string;
  /** In the order they were learnt. */
  steps: StepRequest[];
  /** A model version that saw none of them. */
  baseline?: string | null;
}

/** The newest number that there is of one model version on one task. */
export interface ContinualCell {
  /** 0 is the model version after the first task; -1 the baseline. */
  step: number;
  task: number;
  /** Null where nobody evaluated it. */
  evaluationId: string | null;
  score: Metric;
  /** What of the task was forgotten since it was learnt; null before that, and where a score is missing. */
  forgotten: number | null;
}

/** A number of a task, or the mean over tasks. */
export interface TaskValue {
  task: number;
  value: number;
}

/** One formula on the matrix. */
export interface ContinualMeasure {
  id: string;
  version: number;
  label: string;
  direction: 'higher' | 'lower';
  formulaId: string;
  value: Metric;
  tasks: TaskValue[];
  worst: TaskValue | null;
}

/** What a model kept, transferred and forgot along a sequence of tasks. */
export interface ContinualView {
  metric: MetricName;
  modelVersions: { id: string; ref: string }[];
  tasks: { datasetVersionId: string; ref: string; split: string }[];
  baseline: { id: string; ref: string } | null;
  cells: ContinualCell[];
  measures: ContinualMeasure[];
}
