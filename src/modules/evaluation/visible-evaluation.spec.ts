import { describe, expect, it } from 'vitest';
import { buildSplitEvidence } from '../../domain/metrics/index.js';
import { reportOf } from './split-report.js';
import type { EvaluationSplitView, EvaluationView } from './evaluation.view.js';
import { visibleSplits } from './visible-evaluation.js';

const evidence = buildSplitEvidence({
  classes: ['no', 'yes'],
  positive: 'yes',
  labels: [0, 1, 1, 0],
  predictions: [0, 1, 0, 1],
  scores: Float64Array.of(0.123, 0.877, 0.4, 0.6),
  cellOf: [0, 0, 1, 1],
  cells: [{ attributes: { sex: 'female' } }, { attributes: { sex: 'male' } }],
});
const split = (name: string, sealed: boolean): EvaluationSplitView => ({
  split: name,
  role: sealed ? 'holdout' : 'validation',
  domain: null,
  sealed,
  root: 'ab'.repeat(32),
  rows: 4,
  look: sealed ? 2 : null,
  budget: sealed ? 20 : null,
  released: sealed ? { metric: 'auc', baseline: 0.5, eta: 0.082, cells: 6, step: 2 } : null,
  predictionsDigest: 'cd'.repeat(32),
  predictionsBlob: 'ef'.repeat(32),
  evidence,
  evidenceDigest: '01'.repeat(32),
  report: reportOf(evidence),
});
const evaluation = { splits: [split('validation', false), split('holdout', true)] } as EvaluationView;

describe('visibleSplits', () => {
  it('shows auditors everything', () => {
    const [open, sealed] = visibleSplits(evaluation, true);
    expect(sealed!.metrics).toEqual(open!.metrics);
    expect(sealed!.groups).toHaveLength(2);
  });

  it('shows others no number of a sealed split but what the ladder released: n, look, budget, R0 + eta k', () => {
    const [open, sealed] = visibleSplits(evaluation, false);
    expect(open!.metrics['accuracy']).toMatchObject({ defined: true, value: 0.5 });
    expect(Object.keys(sealed!.metrics)).toEqual(Object.keys(open!.metrics));
    const { auc, ...others } = sealed!.metrics;
    for (const metric of Object.values(others)) expect(metric).toEqual({ defined: false, reason: 'sealed' });
    expect(auc).toEqual({
      defined: true,
      value: 0.5 + 2 * 0.082,
      ci: null,
      n: 4,
      formulaId: 'auc/ladder/R0-0.5/eta-0.082',
    });
    expect(sealed).toMatchObject({ n: 4, look: 2, budget: 20, groups: [], fairness: {} });
    expect(JSON.stringify(sealed)).not.toMatch(/female|0\.877|confusion|"evidence":/);
  });
});
