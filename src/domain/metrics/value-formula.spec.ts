import { describe, expect, it } from 'vitest';
import { buildSplitEvidence } from './build-split-evidence.js';
import type { SplitEvidence } from './evidence.js';
import { valueFormula } from './metric.js';
import { metricsOf } from './metric-registry.js';

/** Rows of both classes in turn, scored `near` to their label or, each `every`-th, as far from it. */
function rows(n: number, every: number, near = 0.7, clusters?: number): SplitEvidence {
  const labels = Array.from({ length: n }, (_, i) => i % 2);
  const scores = Float64Array.from(labels, (label, i) => {
    const given = (i + 1) % every === 0 ? 1 - near : near - ((i * 7) % 10) / 100;
    return label === 1 ? given : 1 - given;
  });
  return buildSplitEvidence({
    classes: ['0', '1'],
    positive: '1',
    labels,
    predictions: Array.from(scores, (score) => (score >= 0.5 ? 1 : 0)),
    scores,
    ...(clusters
      ? { clusters: { column: 'c', of: Uint32Array.from(labels, (_, i) => i % clusters), count: clusters } }
      : {}),
  });
}

function numbers(n: number): SplitEvidence {
  const labels = Float64Array.from({ length: n }, (_, i) => i % 7);
  const predictions = labels.map((label, i) => label + ((i % 3) - 1) * (n > 5 ? 1 : 0));
  return buildSplitEvidence({
    classes: [],
    positive: null,
    regression: { quantile: 0.5 },
    labels,
    predictions,
  });
}

function classesOf(many: number): SplitEvidence {
  const labels = Array.from({ length: many * many * 2 }, (_, i) => i % many);
  const predictions = labels.map((_, i) => Math.floor(i / many) % many);
  const classes = Array.from({ length: many }, (_, k) => `class ${k}`);
  return buildSplitEvidence({ classes, positive: null, labels, predictions });
}

describe('what a value is', () => {
  it.each<[string, SplitEvidence[]]>([
    [
      'two classes',
      [
        rows(2000, 10),
        rows(60, 10),
        rows(40, 3),
        rows(40, 1000, 0.99),
        rows(2, 1000),
        rows(400, 5, 0.7, 40),
        rows(400, 5, 0.7, 15),
      ],
    ],
    ['numbers', [numbers(100), numbers(7), numbers(4)]],
    ['many classes', [classesOf(3), classesOf(40), classesOf(80)]],
  ])('does not depend on rows and clusters, but its interval may: %s', (_, evidence) => {
    const formulas = new Map<string, Set<string>>();
    const intervals = new Set<string>();
    for (const metrics of evidence.map(metricsOf))
      for (const [id, metric] of Object.entries(metrics)) {
        if (!metric.defined) continue;
        intervals.add(metric.formulaId.slice(valueFormula(metric).length));
        formulas.set(id, (formulas.get(id) ?? new Set()).add(valueFormula(metric)));
      }
    for (const [id, found] of formulas) expect([id, found.size, [...found]]).toEqual([id, 1, [...found]]);
    expect(intervals.has('')).toBe(false);
    expect(new Set([...formulas.values()].flatMap((found) => [...found])).size).toBe(formulas.size);
  });

  it('stays apart where formulas differ', () => {
    const [a, b] = ['quantile_loss/q-0.5/student', 'quantile_loss/q-0.9/student'];
    expect(valueFormula({ formulaId: a! })).toBe('quantile_loss/q-0.5');
    expect(valueFormula({ formulaId: b! })).toBe('quantile_loss/q-0.9');
    expect(valueFormula({ formulaId: 'brier/binary/student-clusters' })).toBe('brier/binary');
  });
});
