import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/domain/canonical/index.js';
import { GatedProject } from './gated-project.js';

const keys = (from: number) => Array.from({ length: 100 }, (_, i) => from + i);
const label = (key: number) => (key % 2 === 0 ? 'yes' : 'no');
const rows = (of: readonly number[], noise = 0) =>
  `id,x,y\n${of.map((key) => `${key},${key + noise},${label(key)}`).join('\n')}\n`;
/** Wrong on every key that `every` divides. */
const guesses = (of: readonly number[], every: number) =>
  `id,prediction\n${of.map((key) => `${key},${label(key % every === 0 ? key + 1 : key)}`).join('\n')}\n`;

/** Stress splits of the validation and of the sealed rows, one of half the validation rows, one of nobody's. */
const SPLITS: [name: string, role: string, keys: number[], every: number][] = [
  ['validation', 'validation', keys(1_000), 10],
  ['holdout', 'holdout', keys(2_000), 10],
  ['noise', 'stress', keys(1_000).reverse(), 4],
  ['blur', 'stress', keys(1_000), 5],
  ['half', 'stress', keys(1_000).slice(0, 50), 2],
  ['dark', 'stress', keys(2_000), 2],
  ['strange', 'stress', keys(1_050), 2],
  ['north', 'cross_domain', keys(4_000), 5],
];

let project: GatedProject;
let id: string;
beforeAll(async () => {
  project = await GatedProject.start();
  const splits = await Promise.all(
    SPLITS.map(async ([name, role, of], i) => ({
      name,
      role,
      ...(['stress', 'cross_domain'].includes(role) ? { domain: name } : {}),
      uploadId: await project.upload(rows(of, i)),
    })),
  );
  const pushed = await project.post('/datasets/pictures/versions', { splits, key: 'id', label: 'y' });
  expect(await project.finished(pushed.body.job.id)).toMatchObject({ state: 'succeeded' });
  await project.registerModel('eye');
  const predictions = await Promise.all(
    SPLITS.map(async ([split, , of, every]) => ({
      split,
      uploadId: await project.upload(guesses(of, every)),
    })),
  );
  const asked = await project.post('/evaluations', {
    modelVersion: 'eye@1',
    datasetVersion: 'pictures@1',
    predictions,
    protocol: { labelNoise: [0.02, 0.05], metrics: ['accuracy', 'recall', 'auc'] },
  });
  const job = await project.finished(asked.body.job.id);
  expect(job).toMatchObject({ state: 'succeeded' });
  id = job.result.evaluationId as string;
});
afterAll(() => project.stop());

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Pair = any;

describe('an evaluation of stress splits', () => {
  it('pairs each with the split whose rows it copies, key by key', async () => {
    const { body } = await project.get(`/evaluations/${id}`);
    const { paired, unpaired } = body.robustness;
    expect(unpaired).toEqual(['strange']);
    const found = new Map<string, Pair>(
      paired.map((pair: Pair) => [pair.perturbations.map(({ name }: Pair) => name).join(), pair]),
    );
    expect([...found.keys()].sort()).toEqual(['dark', 'half', 'noise,blur']);
    // Wrong on 10, 25 and 20 of 100.
    const both = found.get('noise,blur');
    expect(both).toMatchObject({ clean: 'validation', n: 100, worstName: 'noise' });
    expect(both.perturbations[0].drop.value).toBeCloseTo(0.15, 9);
    expect(both.perturbations[1].drop.value).toBeCloseTo(0.1, 9);
    expect(both.mean.value).toBeCloseTo(0.125, 9);
    const [low, high] = both.perturbations[0].drop.ci;
    expect(low).toBeLessThan(0.15);
    expect(high).toBeGreaterThan(0.15);
    expect(found.get('half')).toMatchObject({ clean: 'validation', n: 50 });
    expect(found.get('half').worst.value).toBeCloseTo(0.4, 9);
    expect(found.get('dark')).toMatchObject({ clean: 'holdout', n: 100 });
    expect(found.get('dark').worst.value).toBeCloseTo(0.4, 9);
  });

  it('sets domains against the holdout', async () => {
    const { body } = await project.get(`/evaluations/${id}`);
    expect(body.domains.source).toBe('holdout');
    expect(Object.keys(body.domains.metrics)).toEqual(['accuracy', 'recall', 'auc']);
    const [north] = body.domains.metrics.accuracy.domains;
    expect(north).toMatchObject({ split: 'north', domain: 'north', metric: { value: 0.8 } });
    expect(north.gap.value).toBeCloseTo(0.1, 9);
    expect(body.domains.metrics.auc.domains[0].gap.defined).toBe(false);
  });

  it('says how far wrong labels could move each metric', async () => {
    const { body } = await project.get(`/evaluations/${id}`);
    const [two, five] = body.splits.validation.labelNoise;
    expect(two).toMatchObject({ share: 0.02, labels: 2, metrics: { accuracy: { low: 0.88, high: 0.92 } } });
    expect(five).toMatchObject({ share: 0.05, labels: 5, metrics: { accuracy: { low: 0.85, high: 0.95 } } });
    expect(five.metrics.auc.defined).toBe(false);
  });

  it('shows nothing that a sealed split is a part of to those who may not see it', async () => {
    const { body } = await project.get(`/evaluations/${id}`, project.contributor);
    const sealed = { defined: false, reason: 'sealed' };
    const dark = body.robustness.paired.find((pair: Pair) => pair.clean === 'holdout');
    expect(dark).toEqual({
      clean: 'holdout',
      n: 100,
      perturbations: [{ name: 'dark', drop: sealed }],
      mean: sealed,
      worst: sealed,
      worstName: null,
    });
    expect(body.robustness.paired[0].worst.defined || body.robustness.paired[1].worst.defined).toBe(true);
    expect(body.splits.holdout.labelNoise[0].metrics).toEqual({
      accuracy: sealed,
      recall: sealed,
      auc: sealed,
    });
    for (const table of Object.values<Pair>(body.domains.metrics)) {
      expect(table.source).toEqual(sealed);
      expect(table.domains[0].metric).toEqual(sealed);
      expect([table.domains[0].gap.defined, table.worst.defined]).toEqual([false, false]);
    }
    const query = `query ($id: ID!) { evaluation(id: $id) { domains robustness results(split: "holdout") { labelNoise search } } }`;
    const { evaluation } = await project.graphql(query, { id }, project.contributor);
    expect(evaluation).toEqual({
      domains: body.domains,
      robustness: body.robustness,
      results: [{ labelNoise: body.splits.holdout.labelNoise, search: null }],
    });
  });

  it('is part of the evidence that the digests name', async () => {
    const { body: evidence } = await project.get(`/evaluations/${id}/evidence`);
    const { body: shown } = await project.get(`/evaluations/${id}`);
    for (const [split, { evidenceDigest }] of Object.entries<Pair>(evidence))
      expect([evidenceDigest, evidenceDigest]).toEqual([
        shown.splits[split].evidenceDigest,
        digestOf(evidence[split].evidence),
      ]);
    expect(evidence.holdout.evidence.robustness).toHaveLength(1);
    expect(evidence.holdout.evidence.salt).toMatch(/^[0-9a-f]{32}$/);
  });
});
