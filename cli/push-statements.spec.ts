import { describe, expect, it } from 'vitest';
import { renderColumns } from './commands/dataset-columns.js';
import { parseDigest } from './push-statements.js';

describe('--digest', () => {
  it.each([
    ['mlflow:adult#4f2a', { system: 'mlflow', name: 'adult', digest: '4f2a' }],
    ['train=mlflow:adult#4f2a', { system: 'mlflow', name: 'adult', digest: '4f2a', split: 'train' }],
    [
      'openlineage:s3://b=c#x%23y#7',
      { system: 'openlineage', namespace: 's3://b=c', name: 'x#y', digest: '7' },
    ],
  ])('%s', (text, read) => expect(parseDigest(text)).toEqual(read));

  it.each(['mlflow:4f2a', 'mlflow:#4f2a', 'openlineage:a#b', 'dvc:a#b', ''])('refuses %j', (text) =>
    expect(() => parseDigest(text)).toThrow('expected mlflow:NAME#DIGEST'),
  );
});

it('shows one line for each column and what it comes from', () => {
  const outside = { datasetVersion: null, namespace: 'pg', name: 'staff', column: 'bonus' };
  const inside = (version: string, column: string) => ({
    datasetVersion: version,
    namespace: null,
    name: null,
    column,
  });
  const text = renderColumns({
    edges: [
      {
        from: inside('p@1', 'pay'),
        to: inside('w@1', 'wage'),
        wholeVersion: false,
        origin: 'parent',
        transformations: [{ type: 'DIRECT', subtype: 'IDENTITY', masking: null }],
      },
      {
        from: outside,
        to: inside('w@1', 'wage'),
        wholeVersion: true,
        origin: 'stated',
        transformations: [{ type: 'INDIRECT', subtype: 'FILTER', masking: true }],
      },
    ],
    truncated: true,
  });
  expect(text.split('\n')).toEqual([
    'COLUMN    COMES FROM      BY                      ORIGIN',
    'w@1:wage  p@1:pay         DIRECT IDENTITY         parent',
    'w@1:wage  pg staff:bonus  INDIRECT FILTER masked  stated, of all columns',
    'cut off: ask for one column, or more depth',
  ]);
  expect(renderColumns({ edges: [], truncated: false })).toBe('nothing is known');
});
