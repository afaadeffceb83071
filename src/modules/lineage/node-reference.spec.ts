import { describe, expect, it } from 'vitest';
import { parseNodeReference } from './node-reference.js';

describe('parseNodeReference', () => {
  it.each([
    ['modelVersion:credit@1', 'modelVersion', 'credit@1'],
    ['model:credit@1', 'modelVersion', 'credit@1'],
    ['dataset:adult', 'datasetVersion', 'adult'],
    ['RUN:0190a', 'run', '0190a'],
    ['policy:a:b', 'policy', 'a:b'],
  ])('reads %s', (ref, kind, name) => expect(parseNodeReference(ref)).toEqual({ kind, name }));

  it.each([
    '',
    'credit@1',
    'model:',
    ':x',
    'banana:1',
    'model:a\0b',
    `model:${'x'.repeat(301)}`,
    '__proto__:x',
    'constructor:x',
  ])('refuses %j', (ref) =>
    expect(() => parseNodeReference(ref)).toThrow(
      expect.objectContaining({ code: 'LINEAGE_REFERENCE_INVALID' }),
    ),
  );
});
