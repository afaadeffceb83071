import type { CheckDefinition, CheckedColumn } from '../check-definition.js';
import { columnNamed, isNumeric } from '../fit-columns.js';

const isTime = (column: CheckedColumn) =>
  ['date', 'timestamp', 'timestamp_naive'].includes(column.type) || isNumeric(column);

/** Training on what was not known yet. */
export const timeLeakage: CheckDefinition<{ column?: string }> = {
  id: 'time-leakage',
  version: 1,
  description:
    'Rows of the first split that are later than the earliest row of the second: a model learns from what had not happened.',
  source:
    'Kaufman et al. 2012, Leakage in Data Mining, ACM TKDD 6(4): no feature or row from after the time of prediction',
  unit: 'rows',
  splits: 'pair',
  needs: [],
  fields: {
    column: {
      kind: 'text',
      description: 'The column that says when: dates, timestamps or numbers. Default: the time column.',
    },
  },
  fit(context) {
    const time = context.version.columns.find(({ role }) => role === 'time')?.name;
    const name = context.parameters.column ?? time ?? '';
    const column = columnNamed(context, 'column', name, isTime, 'a column of dates, timestamps or numbers');
    return { parameters: { column: column?.name ?? '' }, reads: column ? [column.name] : [] };
  },
};
