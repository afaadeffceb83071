import { describe, expect, it } from 'vitest';
import { planPush } from '../push-plan.js';
import { checkNamedColumns, schemaOf, sharedColumns } from './schema-of.js';

const plan = {
  ...planPush('adult', {
    splits: [{ name: 'train', role: 'train', uploadId: 'u' }],
    key: 'id',
    label: 'y',
    protected: ['sex'],
    time: 'at',
  }),
  parentId: null,
};

describe('sharedColumns', () => {
  it('keeps the first order and takes others', () => {
    expect(
      sharedColumns([
        { split: 'a', names: ['x', 'y'] },
        { split: 'b', names: ['y', 'x'] },
      ]),
    ).toEqual(['x', 'y']);
  });

  it('says what a split misses and adds', () => {
    expect(() =>
      sharedColumns([
        { split: 'a', names: ['x', 'y'] },
        { split: 'b', names: ['x', 'z'] },
      ]),
    ).toThrow('split b has other columns than split a: misses "y", adds "z"');
  });
});

describe('checkNamedColumns', () => {
  it('takes a plan whose columns exist', () => {
    expect(() => checkNamedColumns(plan, ['id', 'y', 'sex', 'at', 'x'])).not.toThrow();
  });

  it.each([['id'], ['y'], ['sex'], ['at']])('misses %s', (name) => {
    const others = ['id', 'y', 'sex', 'at'].filter((other) => other !== name);
    expect(() => checkNamedColumns(plan, others)).toThrow(
      expect.objectContaining({ code: 'DATASET_COLUMN_UNKNOWN' }),
    );
  });
});

describe('schemaOf', () => {
  it('gives each column one role', () => {
    const { columns } = schemaOf(
      plan,
      ['x', 'id', 'y', 'sex', 'at'],
      ['double', 'int64', 'int64', 'text', 'date'],
    );
    expect(columns.map(({ role }) => role)).toEqual(['feature', 'key', 'label', 'protected', 'time']);
  });
});
