import { describe, expect, it } from 'vitest';
import { parseModelReference } from './model-reference.js';

describe('references to model versions', () => {
  it.each([
    ['credit@1', { name: 'credit', version: 1 }],
    ['a.b_c-D@120', { name: 'a.b_c-D', version: 120 }],
    ['019ABCDE-0000-7000-8000-000000000000', { id: '019abcde-0000-7000-8000-000000000000' }],
  ])('reads %s', (ref, expected) => expect(parseModelReference(ref)).toEqual(expected));

  it.each([
    '',
    'credit',
    'credit@',
    'credit@0',
    'credit@01',
    'credit@-1',
    'credit@1.5',
    'credit@latest',
    '../etc@1',
    'a/b@1',
    '.a@1',
    'a\0@1',
    'a@1\n',
    `${'x'.repeat(101)}@1`,
    'a@9999999999',
  ])('refuses %j', (ref) =>
    expect(() => parseModelReference(ref)).toThrow(
      expect.objectContaining({ code: 'MODEL_REFERENCE_INVALID' }),
    ),
  );
});
