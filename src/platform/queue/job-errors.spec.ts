import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/index.js';
import { describeError, jobError } from './job-errors.js';

describe('jobError', () => {
  it('keeps what an AssayError says', () => {
    const error = new InvalidInputError('DATASET_KEY_DUPLICATED', '3 keys stand twice', {
      remedy: 'remove them',
    });
    expect(jobError(error, 'r-1', 1)).toEqual({
      code: 'DATASET_KEY_DUPLICATED',
      message: '3 keys stand twice',
      details: { remedy: 'remove them' },
    });
  });

  it('shows a request id and no words of an unforeseen error', () => {
    const shown = jobError(new Error('password authentication failed for "assay": hunter2'), 'r-1', 3);
    expect(shown.code).toBe('JOB_FAILED');
    expect(JSON.stringify(shown)).not.toContain('hunter2');
    expect(JSON.stringify(shown)).toContain('r-1');
  });
});

describe('describeError', () => {
  it.each([
    [`Conversion Error: Could not convert string 'sealed-label' to INT32`],
    [
      'duplicate key value violates unique constraint "x"\nDetail: Key (label)=(sealed-label) already exists.',
    ],
    ['invalid input syntax for type uuid: "sealed-label"'],
    ['Key (label)=(sealed-label) is duplicated'],
  ])('leaves values out of %j', (message) => {
    const described = JSON.stringify(describeError(new Error(message)));
    expect(described).not.toContain('sealed-label');
    expect(described).toContain('"type":"Error"');
    expect(described).toContain('job-errors.spec.ts');
  });
});
