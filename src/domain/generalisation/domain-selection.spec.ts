import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectedScores, type SelectionRule, type SweepRecord } from './domain-selection.js';

const SHARED = new URL('../../../../shared/', import.meta.url);
const SWEEP = new URL('data/domainbed/vlcs_erm_sweep.jsonl', SHARED).pathname;
const present = existsSync(SWEEP);
if (!present) console.error(`SKIPPED: DomainBed's sweep needs ${SHARED.pathname}`);

/** Three domains; `scores` are [in, out] of A, B and C. */
function record(
  heldOut: string,
  hyperparameters: string,
  step: number,
  scores: [number, number][],
  trial = '0',
): SweepRecord {
  const names = ['A', 'B', 'C'];
  const of = (part: 0 | 1) => Object.fromEntries(names.map((name, i) => [name, scores[i]![part]]));
  return { trial, hyperparameters, heldOut: [...heldOut], step, inScores: of(0), outScores: of(1) };
}

// Held out: A. Two choices of hyperparameters, two steps each; the mean score on B's and C's validation part, and on A:
const BY_HAND = [
  record('A', 'h1', 100, [
    [0.5, 0.9],
    [1, 0.8],
    [1, 0.6],
  ]), // .7, test .5
  record('A', 'h1', 200, [
    [0.6, 0.4],
    [1, 0.7],
    [1, 0.5],
  ]), // .6, test .6
  record('A', 'h2', 100, [
    [0.7, 0.1],
    [1, 0.9],
    [1, 0.7],
  ]), // .8, test .7
  record('A', 'h2', 200, [
    [0.8, 0.3],
    [1, 0.5],
    [1, 0.5],
  ]), // .5, test .8
  // Runs that held out another one too: their score on that one validates the hyperparameters and the step.
  record('AB', 'h1', 200, [
    [0, 0],
    [0.9, 0],
    [0, 0],
  ]),
  record('AC', 'h1', 200, [
    [0, 0],
    [0, 0],
    [0.7, 0],
  ]), // h1 at 200: .8
  record('AB', 'h2', 200, [
    [0, 0],
    [0.6, 0],
    [0, 0],
  ]),
  record('AC', 'h2', 200, [
    [0, 0],
    [0, 0],
    [0.6, 0],
  ]), // h2 at 200: .6
  record('AB', 'h2', 100, [
    [0, 0],
    [0.99, 0],
    [0, 0],
  ]), // h2 at 100: nothing left out C.
];

function score(records: readonly SweepRecord[], rule: SelectionRule, domain: string): number | undefined {
  return selectedScores(records, rule).domains.find((each) => each.domain === domain)?.mean;
}

describe('selection of checkpoints over domains', () => {
  it('by hand: each rule takes another', () => {
    // Training domains: .8 of h2 at step 100.
    expect(score(BY_HAND, 'training_domain', 'A')).toBe(0.7);
    // Leave one out: .8 of h1 at step 200; the step without both runs does not count.
    expect(score(BY_HAND, 'leave_one_domain_out', 'A')).toBe(0.6);
    // Oracle: at the last step, .4 of h1 on A itself.
    expect(score(BY_HAND, 'oracle', 'A')).toBe(0.6);
    expect(
      score(
        BY_HAND.map((one) => ({ ...one, outScores: { ...one.outScores, A: 1 - one.outScores.A! } })),
        'oracle',
        'A',
      ),
    ).toBe(0.8);
    // Nothing held out B alone.
    expect(score(BY_HAND, 'oracle', 'B')).toBeUndefined();
    expect(selectedScores([], 'oracle')).toMatchObject({ domains: [], average: null });
  });

  it('trials give the mean and its standard error', () => {
    const two = [
      record(
        'A',
        'h',
        1,
        [
          [0.4, 0],
          [0, 0.5],
          [0, 0.5],
        ],
        '0',
      ),
      record(
        'A',
        'h',
        1,
        [
          [0.8, 0],
          [0, 0.5],
          [0, 0.5],
        ],
        '1',
      ),
    ];
    const [only] = selectedScores(two, 'training_domain').domains;
    expect(only).toEqual({
      domain: 'A',
      mean: expect.closeTo(0.6, 14) as number,
      standardError: expect.closeTo(0.2 / Math.SQRT2, 14) as number,
      trials: 2,
    });
  });

  it('never looks at the held-out domain, but for the oracle', () => {
    const shuffle = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(shuffle, (values) => {
        const changed = BY_HAND.map((one, i) => ({ ...one, outScores: { ...one.outScores, A: values[i]! } }));
        for (const rule of ['training_domain', 'leave_one_domain_out'] as const)
          expect(selectedScores(changed, rule)).toEqual(selectedScores(BY_HAND, rule));
      }),
    );
  });
});

describe.skipIf(!present)("DomainBed's sweep of ERM on VLCS, 200 records", () => {
  interface Line {
    args: { test_envs: number[]; trial_seed: number; hparams_seed: number };
    step: number;
    [score: `env${number}_${'in' | 'out'}_acc`]: number;
  }
  const NAMES = ['C', 'L', 'S', 'V'];
  const records = (present ? readFileSync(SWEEP, 'utf8').trim().split('\n') : []).map((text): SweepRecord => {
    const line = JSON.parse(text) as Line;
    const of = (part: 'in' | 'out') =>
      Object.fromEntries(NAMES.map((name, i) => [name, line[`env${i}_${part}_acc`]!]));
    return {
      trial: String(line.args.trial_seed),
      hyperparameters: String(line.args.hparams_seed),
      heldOut: line.args.test_envs.map((env) => NAMES[env]!),
      step: line.step,
      inScores: of('in'),
      outScores: of('out'),
    };
  });

  // domainbed/misc/test_sweep_results.txt at b93c22a: mean and standard error by domain, and the average.
  it.each<[SelectionRule, string, string]>([
    ['training_domain', '98.0 0.2, 64.2 0.8, 74.1 0.4, 77.1 0.2', '78.3'],
    ['leave_one_domain_out', '96.9 1.0, 64.4 0.9, 70.5 0.5, 76.7 0.1', '77.1'],
    ['oracle', '96.9 1.0, 65.9 0.5, 71.6 1.3, 76.9 0.3', '77.8'],
  ])('%s: %s, average %s', (rule, cells, average) => {
    expect(records).toHaveLength(200);
    const found = selectedScores(records, rule);
    const percent = (share: number) => (100 * share).toFixed(1);
    expect(
      found.domains.map(({ mean, standardError }) => `${percent(mean)} ${percent(standardError)}`).join(', '),
    ).toBe(cells);
    expect(percent(found.average!)).toBe(average);
  });
});
