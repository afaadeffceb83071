import { describe, expect, it } from 'vitest';
import { predictionColumns, type PredictedLabel } from './prediction-columns.js';

const BINARY: PredictedLabel = {
  split: 'holdout',
  keyColumn: 'id',
  labelType: 'int64',
  classes: ['0', '1'],
  positive: '1',
};
const THREE: PredictedLabel = {
  split: 'holdout',
  keyColumn: 'id',
  labelType: 'text',
  classes: ['a', 'b', 'c'],
  positive: null,
};

describe('the columns of a predictions file', () => {
  it.each([
    [['id', 'prediction'], { prediction: 'prediction', score: null }],
    [['prediction', 'score', 'id', 'note'], { prediction: 'prediction', score: 'score' }],
    [['id', 'score'], { prediction: null, score: 'score' }],
    [['id', 'score_0', 'score_1'], { prediction: null, score: 'score_1' }],
    [['id', 'score_1.0'], { prediction: null, score: 'score_1.0' }],
  ])('two classes: %j', (header, expected) => {
    expect(predictionColumns(header, BINARY)).toEqual({ key: 'id', classScores: null, ...expected });
  });

  it('more classes: scores in the order of the classes', () => {
    expect(predictionColumns(['id', 'score_c', 'score_a', 'score_b'], THREE)).toEqual({
      key: 'id',
      prediction: null,
      score: null,
      classScores: ['score_a', 'score_b', 'score_c'],
    });
    expect(predictionColumns(['id', 'prediction', 'score'], THREE).classScores).toBeNull();
  });

  it.each([
    [['prediction', 'score'], BINARY, 'no key column "id"; found "prediction", "score"'],
    [['id', 'pred'], BINARY, 'neither "prediction" nor "score"'],
    [['id', 'score'], THREE, 'neither "prediction" nor "score_<class>"'],
    [['id', 'prediction', 'score_a'], THREE, '"score_<class>" for 1 of the label\'s 3 classes'],
  ])('refuses %j', (header, label, message) =>
    expect(() => predictionColumns(header, label)).toThrow(message),
  );
});
