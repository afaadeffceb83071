import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../domain/canonical/index.js';
import { PROTOCOL_FIELDS } from '../../domain/protocol/index.js';
import { taskProblems } from './fit-task.js';

const schema = (type: ColumnType) => ({
  columns: [{ name: 'y', type, role: 'label' as const }],
  key: null,
  label: 'y',
  protected: [],
  group: null,
  time: null,
});
const paths = (document: object, type: ColumnType = 'double') =>
  taskProblems(document, schema(type)).map(({ path }) => path);

describe('what a task asks of a protocol', () => {
  it('numbers: a label of numbers, and of all fields those alone that say something of them', () => {
    for (const type of ['int64', 'double'] as const) expect(paths({ task: 'regression' }, type)).toEqual([]);
    for (const type of ['text', 'boolean', 'date', 'timestamp', 'timestamp_naive'] as const)
      expect(paths({ task: 'regression' }, type)).toEqual(['protocol.task']);
    const taken = Object.keys(PROTOCOL_FIELDS).filter(
      (field) => paths({ task: 'regression', [field]: field === 'task' ? 'regression' : [] }).length === 0,
    );
    expect(taken.sort()).toEqual(['metrics', 'quantile', 'seed', 'slices', 'task']);
  });

  it('each its own metrics', () => {
    const metrics = ['mae', 'auc', 'r2', 'f1'] as const;
    expect(paths({ task: 'regression', metrics })).toEqual(['protocol.metrics[1]', 'protocol.metrics[3]']);
    expect(paths({ metrics })).toEqual(['protocol.metrics[0]', 'protocol.metrics[2]']);
    expect(paths({ quantile: 0.5 })).toEqual(['protocol.quantile']);
    expect(paths({ positive: '1', bins: 10 }, 'text')).toEqual([]);
  });
});
