import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationView } from '../evaluation.view.js';
import { requirePairable } from './ablation-plan.js';
import { pairedStatistics } from '../paired-statistics.js';
import type { AblationPlan, PlannedArm } from './ablation-plan.js';
import { manifestOf } from './ablation-plan.js';
import { ablationReport } from './ablation-report.js';

const arm = (ref: string, manifest: PlannedArm['manifest']): PlannedArm => ({
  modelVersionId: ref,
  ref,
  evaluationId: `of ${ref}`,
  manifest,
});
const PLAN: AblationPlan = {
  datasetVersionId: 'd',
  split: 'validation',
  full: arm('net@1', { a: 1, b: 1 }),
  ablated: [arm('net@2', { a: 0, b: 1 }), arm('net@3', { a: 1, b: 0 })],
};
const counts = (full: number[], ablated: number[]) =>
  pairedStatistics({
    positive: new Uint8Array(full.length),
    candidateRight: Uint8Array.from(full),
    baselineRight: Uint8Array.from(ablated),
    scores: null,
  }).accuracy;

describe('ablationReport', () => {
  it('gives the effect of the very rows, whatever their order', () => {
    const bits = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)), {
      minLength: 2,
      maxLength: 60,
    });
    fc.assert(
      fc.property(bits, (rows) => {
        const [full, ablated] = [rows.map(([x]) => x), rows.map(([, y]) => y)];
        const paired = counts(full, ablated);
        const report = ablationReport(PLAN, [paired, paired]);
        const { effect, accuracy } = report.ablated[0]!;
        if (!effect.defined) throw new Error(effect.reason);
        const mean = full.reduce<number>((sum, x, i) => sum + x - ablated[i]!, 0) / rows.length;
        expect(effect.value).toBeCloseTo(mean, 12);
        expect(effect.n).toBe(rows.length);
        expect(report.full.accuracy - accuracy).toBeCloseTo(mean, 12);
        expect(effect.ci![0]).toBeLessThanOrEqual(mean + 1e-12);
        expect(effect.ci![1]).toBeGreaterThanOrEqual(mean - 1e-12);
        const { p, adjustedP } = report.ablated[1]!;
        expect(adjustedP).toBeCloseTo(Math.min(1, 2 * p!), 12);
      }),
      { numRuns: 100 },
    );
  });

  it('has no effect of rows in clusters, as paired differences have no clustered interval', () => {
    const paired = counts([1, 1, 1, 0], [0, 1, 0, 0]);
    const { ablated } = ablationReport({ ...PLAN, cluster: 'patient' }, [paired, paired]);
    expect(ablated[0]).toMatchObject({ effect: { defined: false }, p: null, adjustedP: null });
  });

  it('counts data and parent as factors, and knows nothing without a run', () => {
    const model = { datasetVersionIds: ['b', 'a'], parentId: null } as unknown as Parameters<
      typeof manifestOf
    >[0];
    expect(manifestOf(model, { params: { depth: '3' } })).toEqual({
      'params.depth': '3',
      datasetVersions: 'a,b',
      parent: null,
    });
    expect(manifestOf(model, undefined)).toBeNull();
  });
});

describe('requirePairable', () => {
  it('refuses models that predict numbers: they have no accuracy', () => {
    const numbers = { protocol: { task: 'regression' } } as EvaluationView;
    const refused = () => requirePairable(numbers, numbers, 'validation');
    expect(refused).toThrow(expect.objectContaining({ code: 'ABLATION_OF_NUMBERS' }));
  });
});
