import { describe, expect, it } from 'vitest';
import type { DatasetVersionView } from '../../datasets/index.js';
import type { ModelVersionView } from '../../registry/index.js';
import { type ExecutionRequest, featuresOf, resolveExecution } from './resolve-execution.js';

const columns = [
  { name: 'id', type: 'int64' },
  { name: 'a', type: 'double' },
  { name: 'b', type: 'text' },
  { name: 'day', type: 'date' },
  { name: 'y', type: 'text' },
];
const datasetOf = (key: string | null) =>
  ({ dataset: 'people', version: 1, schema: { key, label: 'y', columns } }) as unknown as DatasetVersionView;
const digest = 'ab'.repeat(32);
const model = { model: 'm', version: 1, artifact: { digest } } as ModelVersionView;
const request: ExecutionRequest = { runtime: 'onnx', splits: ['s'], inputs: [{ features: ['a', 'b'] }] };
const resolve = (more: Partial<ExecutionRequest> = {}, key = 'id', of = model) =>
  resolveExecution({ ...request, ...more }, of, datasetOf(key), []);

describe('the plan of a run', () => {
  it('says every default', () => {
    expect(resolve()).toEqual({
      runtime: 'onnx',
      splits: ['s'],
      inputs: [{ name: null, features: ['a', 'b'] }],
      output: { name: null, column: null, classes: null },
      artifact: digest,
      endpoint: null,
    });
    // The registered file has no part in what an endpoint answers.
    const url = 'https://models.example/v2/models/m/';
    expect(resolve({ runtime: 'http', endpoint: { url } })).toMatchObject({
      artifact: null,
      endpoint: { url: url.slice(0, -1), batchRows: 1_000, concurrency: 4, timeoutSeconds: 30 },
    });
  });

  it('reads each column once, with its type', () => {
    const inputs = [
      { name: 'x', features: ['b', 'a'] },
      { name: 'z', features: ['a'] },
    ];
    expect(featuresOf(inputs, datasetOf('id'))).toEqual([
      { name: 'b', type: 'text' },
      { name: 'a', type: 'double' },
    ]);
  });

  it.each<[string, string, Partial<ExecutionRequest>, string?]>([
    ['FEATURE_UNKNOWN', 'no column "z"', { inputs: [{ features: ['a', 'z'] }] }],
    ['FEATURE_NOT_ALLOWED', 'is the label', { inputs: [{ features: ['y'] }] }],
    ['FEATURE_NOT_ALLOWED', 'is the key', { inputs: [{ features: ['id'] }] }],
    ['FEATURE_NOT_ALLOWED', 'of type date', { inputs: [{ features: ['day'] }] }],
    ['EXECUTION_INVALID', 'names a class twice', { output: { classes: ['no', 'No'] } }],
    ['EXECUTION_INVALID', 'named "Score"', {}, 'Score'],
    ['EXECUTION_INVALID', 'named "score_yes"', { output: { classes: ['no', 'yes'] } }, 'score_yes'],
  ])('is refused with %s: %s', (code, words, more, key) => {
    expect(() => resolve(more, key)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) as string }),
    );
  });

  it('is refused for a model without its file', () => {
    const none = { ...model, artifact: null };
    expect(() => resolve({}, 'id', none)).toThrow(
      expect.objectContaining({ code: 'MODEL_ARTIFACT_MISSING' }),
    );
  });
});
