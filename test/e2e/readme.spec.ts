import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAREFUL } from '../../cli/demo/recipes.js';
import { loadTensorFlow } from '../../cli/demo/tensorflow.js';
import { predictionsCsv, trainModel } from '../../cli/demo/train-model.js';
import { loadWageSurvey, toCsv } from '../../cli/demo/wage-survey.js';
import { packageRoot } from '../../cli/settings.js';
import { CliWorld } from './cli-support.js';

const readme = readFileSync(join(packageRoot(), 'README.md'), 'utf8');
const examples = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]!);

/** Every `sh` block of the README, in its order and in one shell, in a folder that has the files they name. */
describe('the README', () => {
  const world = new CliWorld();

  beforeAll(async () => {
    const { splits } = loadWageSurvey();
    for (const [name, people] of Object.entries(splits))
      writeFileSync(world.path(`${name}.csv`), toCsv(people));
    const model = await trainModel(await loadTensorFlow(), CAREFUL, splits.train, splits.validation);
    writeFileSync(world.path('model.json'), model.artifact);
    writeFileSync(
      world.path('predictions.csv'),
      predictionsCsv(splits.holdout, model.predict(splits.holdout)),
    );
    const policy = readFileSync(join(packageRoot(), 'cli/demo/wages-pilot.yaml'), 'utf8');
    writeFileSync(
      world.path('policy.yaml'),
      policy.replace('stage: demo-pilot', 'stage: pilot').replace('dataset: wages-1985', 'dataset: wages'),
    );
    mkdirSync(world.path('node_modules/.bin'), { recursive: true });
    symlinkSync(join(packageRoot(), 'cli/assay.mjs'), world.path('node_modules/.bin/assay'));
    await world.start();
  });

  afterAll(() => world.stop());

  it('has examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });

  it('has examples that work', async () => {
    const script = ['set -euo pipefail', ...examples].join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-c', script], {
      cwd: world.folder,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ASSAY_HOME: world.home,
        ASSAY_URL: world.settings.url,
        ASSAY_API_KEY: world.settings.apiKey,
        ASSAY_PROJECT: world.settings.project,
      },
    });
    expect(stdout).toContain('wages@1 is promoted to pilot');
    expect(readFileSync(world.path('assay.xml'), 'utf8')).toContain('failures="0" errors="0"');
    expect(stdout).toMatch(/"latestDecision":\s*\{\s*"verdict":\s*"PASS"/);
    expect(stdout).not.toContain('"errors"');
  });

  it('names every setting of the server', () => {
    const variables = readFileSync(join(packageRoot(), 'src/platform/config/variables.ts'), 'utf8');
    const names = [...variables.matchAll(/'((?:ASSAY|DATABASE|REDIS)_[A-Z_]+|DATABASE_URL)'/g)].map(
      (match) => match[1]!,
    );
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
