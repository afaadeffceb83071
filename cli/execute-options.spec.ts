import { describe, expect, it } from 'vitest';
import { executeRequest } from './execute-options.js';

describe('options of a run', () => {
  it('say what the API takes', () => {
    expect(executeRequest({})).toBeUndefined();
    expect(
      executeRequest({
        execute: 'onnx',
        splits: 'validation,cross_domain:south',
        features: 'a, b',
        positiveColumn: '1',
      }),
    ).toEqual({
      runtime: 'onnx',
      splits: ['validation', 'south'],
      inputs: [{ features: ['a', 'b'] }],
      output: { name: undefined, column: 1, classes: undefined },
      endpoint: undefined,
    });
    expect(
      executeRequest({
        execute: 'http',
        splits: 'holdout',
        input: ['x=a,b', 'z=c'],
        output: 'p',
        classes: 'no,yes',
        endpoint: 'https://m.example/v2/models/m',
      }),
    ).toMatchObject({
      inputs: [
        { name: 'x', features: ['a', 'b'] },
        { name: 'z', features: ['c'] },
      ],
      output: { name: 'p', classes: ['no', 'yes'] },
      endpoint: { url: 'https://m.example/v2/models/m' },
    });
  });

  const run = { execute: 'onnx', splits: 'holdout', features: 'a' };
  it.each([
    [{ features: 'a' }, /--features goes with --execute/],
    [{ positiveColumn: '1' }, /--positive-column goes with --execute/],
    [{ execute: 'onnx', features: 'a' }, /needs --splits/],
    [{ execute: 'onnx', splits: 'holdout' }, /needs --features, or --input/],
    [{ ...run, input: ['x=a'] }, /not both/],
    [{ ...run, features: 'a,,b' }, /--features a,,b: expected names/],
    [{ ...run, positiveColumn: 'yes' }, /--positive-column yes: expected the number/],
  ])('%j are a usage error', (options, message) => expect(() => executeRequest(options)).toThrow(message));
});
