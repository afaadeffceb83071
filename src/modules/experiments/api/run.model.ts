import { Float, ID } from '@nestjs/graphql';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Output, Paged, Prop, type Page } from '../../../platform/http/index.js';
import type { MetricPointView } from '../metric-history.reader.js';
import { toJsonMetrics, toJsonMetricValue, type JsonMetricValue } from '../metric-value.js';
import { RUN_STATUSES, type RunStatus } from '../run.state.js';
import type { RunInputView, RunView } from '../run.view.js';
import { METRIC_VALUE_SCHEMA, MetricValue } from './metric-value.scalar.js';

@Output('RunInput', 'A dataset version that a run read.')
export class RunInputModel implements RunInputView {
  @Prop(() => ID, { description: 'The dataset version.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'What for: train, validation, ...' })
  context: string;
}

@Output('Run', 'One execution of training code: what went in, what was measured.')
export class RunModel {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => ID, { description: 'Its experiment.' })
  experimentId: string;

  @Prop(() => String, { description: 'Name of its experiment.' })
  experiment: string;

  @Prop(() => String, { description: 'Name.' })
  name: string;

  @Prop(() => String, { description: `One of ${RUN_STATUSES.join(', ')}.`, openapi: { enum: RUN_STATUSES } })
  status: RunStatus;

  @Prop(() => GraphQLJSON, { description: 'What it was given: names and values, written once.' })
  params: Record<string, string>;

  @Prop(() => GraphQLJSON, { description: 'Notes: names and values, the last value stands.' })
  tags: Record<string, string>;

  @Prop(() => GraphQLJSON, {
    description: 'Last value of each metric: a number, or "NaN", "Infinity", "-Infinity".',
  })
  latestMetrics: Record<string, JsonMetricValue>;

  @Prop(() => [RunInputModel], { description: 'The dataset versions it read.' })
  datasetVersionIds: RunInputModel[];

  @Prop(() => Date, { description: 'When it started.' })
  startedAt: Date;

  @Prop(() => Date, { description: 'When it ended; null while it runs.', nullable: true })
  endedAt: Date | null;

  @Prop(() => String, { description: 'Who started it: the id of an API key.' })
  createdBy: string;

  static of(view: RunView): RunModel {
    return { ...view, latestMetrics: toJsonMetrics(view.latestMetrics) };
  }
}

@Output('RunPage', 'One page of runs, newest first.')
export class RunPage extends Paged(RunModel, 'Run') {
  static of(page: Page<RunView>): RunPage {
    return { ...page, items: page.items.map((run) => RunModel.of(run)) };
  }
}

@Output('MetricPoint', 'One value of a metric.')
export class MetricPointModel {
  @Prop(() => String, { description: 'Name of the metric.' })
  key: string;

  @Prop(() => MetricValue, { description: 'Its value.', openapi: METRIC_VALUE_SCHEMA })
  value: JsonMetricValue;

  @Prop(() => Float, {
    description: 'Where in training; an integer.',
    openapi: { type: 'integer', format: 'int64' },
  })
  step: number;

  @Prop(() => Float, {
    description: 'When, in milliseconds since 1970 UTC; an integer.',
    openapi: { type: 'integer', format: 'int64' },
  })
  timestamp: number;
}

@Output('MetricPointPage', 'One page of the history of a metric, by step, timestamp and value.')
export class MetricPointPage extends Paged(MetricPointModel, 'MetricPoint') {
  static of(page: Page<MetricPointView>): MetricPointPage {
    return {
      ...page,
      items: page.items.map((point) => ({ ...point, value: toJsonMetricValue(point.value) })),
    };
  }
}
