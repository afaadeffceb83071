import { isNumber } from '../../domain/canonical/index.js';
import { metricRegistry } from '../../domain/metrics/index.js';
import type { ProtocolDocument, ProtocolProblem } from '../../domain/protocol/index.js';
import type { DatasetSchema } from '../datasets/index.js';

/** The fields that say something of numbers. Of any other, promised and not done, one would be misled. */
const OF_NUMBERS: readonly string[] = ['task', 'seed', 'quantile', 'metrics', 'slices'];

/** What a protocol asks that its task has not: fields and metrics of the other task, or numbers of a label that holds none. */
export function taskProblems(document: ProtocolDocument, schema: DatasetSchema): ProtocolProblem[] {
  const task = document.task ?? 'classification';
  const problem = (path: string, message: string): ProtocolProblem => ({
    code: 'PROTOCOL_INVALID',
    path: `protocol.${path}`,
    message,
  });
  const others = (document.metrics ?? []).flatMap((id, i) =>
    metricRegistry.get(id).task === task
      ? []
      : problem(
          `metrics[${i}]`,
          `expected a metric of ${task} (${metricRegistry
            .of(task)
            .map((metric) => metric.id)
            .join(
              ', ',
            )}), found ${JSON.stringify(id)}${task === 'regression' ? '' : ', which needs task: regression'}`,
        ),
  );
  if (task === 'classification')
    return document.quantile === undefined
      ? others
      : [problem('quantile', 'found with classes; expected it with task: regression'), ...others];
  const { label, columns } = schema;
  const type = columns.find(({ name }) => name === label)?.type;
  return [
    ...(type === undefined || isNumber(type)
      ? []
      : [
          problem(
            'task',
            `found regression with the label ${JSON.stringify(label)} of type ${type}; expected one of numbers`,
          ),
        ]),
    ...Object.keys(document)
      .filter((field) => !OF_NUMBERS.includes(field))
      .map((field) => problem(field, 'found with task: regression; expected it with classes alone')),
    ...others,
  ];
}
