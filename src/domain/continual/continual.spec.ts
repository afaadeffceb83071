import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTINUAL_FORMULAS, continualFormula } from './continual-formulas.js';
import { measureContinual } from './measure-continual.js';
import { forgettingMatrix, type ScoreMatrix } from './score-matrix.js';

const SHARED = new URL('../../../../shared/', import.meta.url);
const VECTORS = new URL('vectors/labeling-synthetic-continual.json', SHARED).pathname;
const present = existsSync(VECTORS);
if (!present) console.error(`SKIPPED: the reference vectors of continual learning need ${SHARED.pathname}`);

function value(id: string, matrix: ScoreMatrix): number | string {
  const { value: metric } = measureContinual(continualFormula(id), matrix);
  return metric.defined ? metric.value : metric.reason;
}

// Avalanche's tests (eb075be), and mammoth's and GEM's formulas on the same matrix.
const AVALANCHE: ScoreMatrix = {
  scores: [
    [1, 0, 0],
    [0.5, 0.8, 1],
    [0.2, 1, 0.5],
  ],
  baseline: [0, 0, 0],
};

describe('continual learning', () => {
  it.each([
    ['acc', 0.5666666666666667],
    ['bwt_gem', -0.3],
    ['bwt_gem_code', -0.2],
    ['fwt_gem', 0.5],
    ['fwt_gem_code', 1 / 3],
    ['forgetting_chaudhry', 0.3],
    ['forgetting_mammoth', 0.4],
    ['bwt_diaz', -1.1 / 3],
    ['bwt_plus_diaz', 0],
    ['rem_diaz', 1 - 1.1 / 3],
    ['acc_diaz', 2 / 3],
    ['fwt_diaz', 1 / 3],
    ['acc_incremental', 5 / 9],
  ])('%s of the matrix of Avalanche: %f', (id, expected) => {
    expect(value(id, AVALANCHE)).toBeCloseTo(expected, 14);
  });

  it("Continuum's tests (43ba009)", () => {
    const of = (id: string, ...scores: number[][]) => value(id, { scores });
    expect(of('bwt_diaz', [1, 0.5], [0.5, 0])).toBe(-0.5);
    expect(of('fwt_diaz', [1, 0.125], [0.25, 0.25])).toBe(0.125);
    expect(of('bwt_plus_diaz', [0.75, 0.25], [1, 0.25])).toBe(0.25);
    expect(of('rem_diaz', [1, 0.25], [0.25, 0.25])).toBe(0.25);
    expect(of('forgetting_chaudhry', [1, 0.25], [0.25, 0.25])).toBe(0.75);
    expect(of('acc', [1, 0], [1, 0.5])).toBe(0.75);
    expect(of('acc_incremental', [1, 0.5], [0.5, 0])).toBe(0.5);
  });

  it('what was forgotten, task by task', () => {
    expect(forgettingMatrix(AVALANCHE).map((row) => row.map((x) => Number(x!.toFixed(12))))).toEqual([
      [0, 0, 0],
      [0.5, 0, 0],
      [0.8, -0.2, 0],
    ]);
    const { tasks, worst } = measureContinual(continualFormula('forgetting_chaudhry'), AVALANCHE);
    expect(tasks).toEqual([
      { task: 0, value: expect.closeTo(0.8, 14) as number },
      { task: 1, value: expect.closeTo(-0.2, 14) as number },
    ]);
    expect(worst).toBe(tasks[0]);
    expect(measureContinual(continualFormula('bwt_gem'), AVALANCHE).worst!.task).toBe(0);
  });

  it('is undefined, with the reason, where a score that it needs is missing', () => {
    const scores: (number | null)[][] = AVALANCHE.scores.map((row) => [...row]);
    scores[1]![0] = null;
    expect(value('forgetting_chaudhry', { scores })).toBe(
      'the score on task 0 after training on task 1 is missing',
    );
    // GEM's transfer does not look there.
    expect(value('bwt_gem', { scores })).toBeCloseTo(-0.3, 14);
    expect(value('fwt_gem', { scores })).toMatch(/a baseline on each task/);
    expect(value('acc', { scores: [[Number.NaN]] })).toMatch(/is missing/);
    expect(value('bwt_gem', { scores: [[0.9]] })).toBe('it needs two tasks or more');
    expect(value('acc', { scores: [] })).toBe('it needs tasks');
    expect(forgettingMatrix({ scores })[1]![0]).toBeNull();
  });

  it('refuses matrices that are not square, and names that it does not know', () => {
    expect(() => value('acc', { scores: [[1], [1, 1]] })).toThrow(/row 0 has 1 scores/);
    expect(() => value('acc', { scores: [[1]], baseline: [0, 0] })).toThrow(RangeError);
    expect(() => continualFormula('bwt')).toThrow(/expected one of acc, bwt_gem/);
    expect(new Set(CONTINUAL_FORMULAS.map(({ formulaId }) => formulaId)).size).toBe(
      CONTINUAL_FORMULAS.length,
    );
  });

  const matrices = fc.integer({ min: 2, max: 6 }).chain((size) =>
    fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: size, maxLength: size }), {
      minLength: size,
      maxLength: size,
    }),
  );

  it('the formulas hold together', () => {
    fc.assert(
      fc.property(matrices, (scores) => {
        const tasks = scores.length;
        const of = (id: string) => value(id, { scores, baseline: scores.map(() => 0) }) as number;
        expect(of('bwt_gem_code')).toBeCloseTo((of('bwt_gem') * (tasks - 1)) / tasks, 12);
        expect(of('forgetting_mammoth')).toBeGreaterThanOrEqual(
          Math.max(0, of('forgetting_chaudhry')) - 1e-12,
        );
        // The best earlier score is at least the one when learnt.
        expect(of('forgetting_chaudhry')).toBeGreaterThanOrEqual(-of('bwt_gem') - 1e-12);
        expect(of('rem_diaz')).toBeCloseTo(1 + of('bwt_diaz') - of('bwt_plus_diaz'), 12);
        if (tasks === 2) expect(of('bwt_diaz')).toBeCloseTo(of('bwt_gem'), 12);
        const lower = (tasks + 1) / 2;
        expect(of('acc_incremental') * tasks).toBeCloseTo(
          of('acc_diaz') * lower + of('fwt_diaz') * (tasks - lower),
          12,
        );
      }),
    );
  });

  it('adding to all scores moves levels by as much, and no transfer', () => {
    fc.assert(
      fc.property(matrices, fc.double({ min: -1, max: 1, noNaN: true }), (scores, shift) => {
        const baseline = scores.map(() => 0.5);
        const moved = {
          scores: scores.map((row) => row.map((x) => x + shift)),
          baseline: baseline.map((x) => x + shift),
        };
        for (const { id } of CONTINUAL_FORMULAS) {
          const level = id.startsWith('acc') || id === 'fwt_diaz';
          const before = value(id, { scores, baseline }) as number;
          expect(value(id, moved)).toBeCloseTo(before + (level ? shift : 0), 12);
        }
      }),
    );
  });
});

describe.skipIf(!present)('the reference vectors of continual learning', () => {
  it('every number', () => {
    const names: Record<string, string> = {
      ACC: 'acc',
      BWT_paper: 'bwt_gem',
      BWT_gem_code: 'bwt_gem_code',
      FWT_paper: 'fwt_gem',
      FWT_gem_code: 'fwt_gem_code',
      forgetting_chaudhry: 'forgetting_chaudhry',
      forgetting_mammoth: 'forgetting_mammoth',
      BWT_diaz: 'bwt_diaz',
      BWT_plus: 'bwt_plus_diaz',
      A_diaz: 'acc_diaz',
      FWT_no_baseline: 'fwt_diaz',
      remembering: 'rem_diaz',
      average_incremental_accuracy: 'acc_incremental',
    };
    interface Case {
      id: string;
      R: number[][];
      b?: number[];
      expected: Record<string, number>;
    }
    const { continual } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { continual: { cases: Case[] } };
    let compared = 0;
    for (const { id, R, b, expected } of continual.cases) {
      for (const [name, number] of Object.entries(expected)) {
        if (names[name] === undefined) continue;
        compared++;
        expect(value(names[name], { scores: R, baseline: b }), `${id} ${name}`).toBeCloseTo(number, 9);
      }
    }
    expect(compared).toBe(17);
  });
});
