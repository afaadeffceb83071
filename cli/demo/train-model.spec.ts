import { beforeAll, describe, expect, it } from 'vitest';
import { CAREFUL, CARELESS } from './recipes.js';
import { loadTensorFlow, type TensorFlowBackend } from './tensorflow.js';
import { predictionsCsv, sha256, trainModel } from './train-model.js';
import { loadWageSurvey } from './wage-survey.js';

describe('training', () => {
  const { splits } = loadWageSurvey();
  let backend: TensorFlowBackend;

  beforeAll(async () => {
    backend = await loadTensorFlow();
  });

  const train = (recipe = CAREFUL) => trainModel(backend, recipe, splits.train, splits.validation);

  it('learns: the loss falls, epoch by epoch of the recipe', async () => {
    const { epochs } = await train();
    expect(epochs).toHaveLength(CAREFUL.epochs);
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss - 0.05);
  });

  it('gives the same model and predictions every time', async () => {
    const [first, second] = [await train(), await train()];
    expect(sha256(second.artifact)).toBe(sha256(first.artifact));
    expect(second.predict(splits.holdout)).toEqual(first.predict(splits.holdout));
  });

  it('does not look at gender or race in the careful recipe, and at gender in the careless one', async () => {
    const [careful, careless] = [await train(CAREFUL), await train(CARELESS)];
    expect(careful.inputs.join()).not.toMatch(/gender|race/);
    expect(careless.inputs).toContain('gender=female');
    expect(careless.trainedOn).toBe(60);
  });

  it('predicts a probability for each person', async () => {
    const model = await train();
    const scores = model.predict(splits.south);
    expect(scores).toHaveLength(156);
    expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
    const lines = predictionsCsv(splits.south, scores).trimEnd().split('\n');
    expect(lines[0]).toBe('id,prediction,score');
    expect(lines).toHaveLength(157);
  });
});
