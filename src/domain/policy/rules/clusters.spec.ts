import { describe, expect, it } from 'vitest';
import { buildSplitEvidence, type SplitEvidence } from '../../metrics/index.js';
import { decideGate } from '../decide-gate.js';
import type { SplitFacts } from '../gate-evidence.js';
import { normalForm, parseGatePolicy } from '../parse-gate-policy.js';
import { evidenceOf, factsOf, policyOf } from '../policy-fixtures.js';

/** Rows in clusters of ten that are right or wrong as one, the first `wrong` clusters wrong; two groups by cluster. */
function rowsOf(clusters: number, wrong: number, across = false): SplitEvidence {
  const rows = Array.from({ length: clusters * 10 }, (_, row) => row);
  const cluster = (row: number) => Math.floor(row / 10);
  const labels = rows.map((row) => row % 2);
  return buildSplitEvidence({
    classes: ['0', '1'],
    positive: '1',
    labels,
    predictions: rows.map((row) => (cluster(row) < wrong ? 1 - labels[row]! : labels[row]!)),
    scores: Float64Array.from(rows, (row) => (labels[row]! + (row % 7)) / 8),
    cells: [{ attributes: { sex: 'f' } }, { attributes: { sex: 'm' } }],
    cellOf: rows.map((row) => (across ? Math.floor(row / 2) : cluster(row)) % 2),
    clusters: { column: 'patient', of: Uint32Array.from(rows, cluster), count: clusters },
  });
}

function plain({ clusters: _none, ...evidence }: SplitEvidence): SplitEvidence {
  return evidence;
}

/** As an evaluation by a protocol with this cluster, chosen or not by its sender. */
function measured(evidence: SplitEvidence, cluster: string | undefined, chosen: string[] = []): SplitFacts {
  const facts = factsOf('holdout', evidence);
  const measurement = facts.measurement!;
  const protocol = { ...measurement.protocol, ...(cluster ? { cluster } : {}), chosen };
  return { ...facts, measurement: { ...measurement, protocol } };
}

const SPEC = { protocol: { cluster: 'patient' } };
const ACCURACY = { id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast: 0.9 };
const decide = (rule: object, facts: SplitFacts, spec: object = SPEC) =>
  decideGate(policyOf([rule], spec), evidenceOf([facts])).rules[0]!;

describe('a gate on clustered rows', () => {
  it('passes by what clusters show and not by what as many independent rows would', () => {
    // 500 rows of which 25 are wrong clear .9 by far; 50 clusters of which 2 or 3 are do not.
    const rows = rowsOf(50, 2);
    expect(decide(ACCURACY, measured(plain(rows), undefined), {}).verdict).toBe('PASS');
    const clustered = decide(ACCURACY, measured(rows, 'patient'));
    expect(clustered).toMatchObject({ verdict: 'INCONCLUSIVE', observed: 0.96, n: 500 });
    expect(clustered.neededN).toBeGreaterThan(500);
    expect(decide(ACCURACY, measured(rowsOf(400, 16), 'patient')).verdict).toBe('PASS');
    expect(decide(ACCURACY, measured(rowsOf(100, 40), 'patient')).verdict).toBe('FAIL');
  });

  it('decides nothing below 20 clusters, whatever they show, and says so', () => {
    for (const rule of [
      ACCURACY,
      { ...ACCURACY, atLeast: undefined, atMost: 0.1 },
      { ...ACCURACY, metric: 'brier', atLeast: undefined, atMost: 0.9 },
    ]) {
      const result = decide(rule, measured(rowsOf(19, 0), 'patient'));
      expect(result.verdict).toBe('INCONCLUSIVE');
      expect(result.reason).toContain('19 clusters; clustered errors need 20');
    }
  });

  it('decides nothing by a metric without a clustered interval, but by its estimate where the policy says so', () => {
    const rule = { ...ACCURACY, metric: 'auc', atLeast: 0.5 };
    const rows = rowsOf(400, 0);
    expect(decide(rule, measured(plain(rows), undefined), {}).verdict).toBe('PASS');
    const result = decide(rule, measured(rows, 'patient'));
    expect(result.verdict).toBe('INCONCLUSIVE');
    expect(result.reason).toContain('AUC has no interval for rows that are clustered by patient');
    expect(decide({ ...rule, decideOn: 'point' }, measured(rows, 'patient')).verdict).toBe('PASS');
  });

  it('compares no two models as if rows were independent', () => {
    const compare = { id: 'compare', compare: { metric: 'accuracy', split: 'holdout', margin: 0.01 } };
    const result = decide(compare, measured(rowsOf(400, 0), 'patient'));
    expect(result.verdict).toBe('INCONCLUSIVE');
    expect(result.reason).toContain('clustered by patient');
  });

  it('compares groups by their clusters', () => {
    const rule = {
      id: 'gap',
      fairness: {
        metric: 'demographic_parity_difference',
        split: 'holdout',
        attributes: ['sex'],
        atMost: 0.1,
      },
    };
    const [rows, few] = [rowsOf(400, 0), rowsOf(38, 0)];
    expect(decide(rule, measured(rows, 'patient')).verdict).toBe('PASS');
    const result = decide(rule, measured(few, 'patient'));
    expect(result.verdict).toBe('INCONCLUSIVE');
    expect(result.reason).toContain('rows lie in 19 clusters; clustered errors need 20');
    expect(result.observed).toBeNull();
    const ratio = { ...rule.fairness, metric: 'demographic_parity_ratio', atMost: undefined, atLeast: 0.8 };
    expect(decide({ id: 'ratio', fairness: ratio }, measured(rows, 'patient')).verdict).toBe('PASS');
  });

  it('takes rows of a cluster in two groups for what may hang together', () => {
    const gap = (rows: SplitEvidence) =>
      decide(
        {
          id: 'gap',
          fairness: {
            metric: 'equal_opportunity_difference',
            split: 'holdout',
            attributes: ['sex'],
            atMost: 0.2,
          },
        },
        measured(rows, 'patient'),
      );
    const across = rowsOf(100, 8, true);
    const alone = structuredClone(across);
    alone.clusters!.groups[0]!.shared = false;
    const width = ({ ci }: { ci: [number, number] | null }) => ci![1];
    expect(width(gap(across))).toBeGreaterThan(0.04);
    // Nobody may say that they do not: the counts of clusters give it away.
    expect(gap(alone).verdict).toBe('ERROR');
  });

  it.each<[string, SplitFacts, object]>([
    ['no cluster, where the policy names one', measured(plain(rowsOf(400, 0)), undefined), SPEC],
    ['another cluster', measured(rowsOf(400, 0), 'patient'), { protocol: { cluster: 'clinic' } }],
    ['a cluster that its sender chose', measured(rowsOf(400, 0), 'patient', ['cluster']), {}],
  ])('takes no evidence with %s', (_, facts, spec) => {
    const result = decide(ACCURACY, facts, spec);
    expect(result.verdict).toBe('INCONCLUSIVE');
    expect(result.reason).toContain('was measured with cluster');
  });

  it.each<[string, (evidence: SplitEvidence) => unknown]>([
    ['its clusters lost', (evidence) => delete evidence.clusters],
    ['clusters of another column', ({ clusters }) => (clusters!.column = 'row')],
    ['more clusters than it has', ({ clusters }) => (clusters!.count = 4_000)],
    ['a cluster left out', ({ clusters }) => (clusters!.outcomes.patterns[9]! -= 1)],
    ['counts of other rows', ({ clusters }) => (clusters!.outcomes.counts[0]! += 1)],
    ['products below its counts', ({ clusters }) => (clusters!.outcomes.products[0] = 1)],
    ['losses that are none', ({ clusters }) => (clusters!.losses!.brier = Number.NaN)],
    ['groups of other rows', ({ clusters }) => clusters!.groups[0]!.groups.pop()],
  ])('is an ERROR where evidence has %s', (_, change) => {
    const rows = rowsOf(400, 0);
    change(rows);
    expect(decide(ACCURACY, measured(rows, 'patient')).verdict).toBe('ERROR');
  });

  it('a policy may name the column, and says so in its normal form', () => {
    const policy = policyOf([ACCURACY], SPEC);
    const parsed = parseGatePolicy(normalForm(policy));
    expect(parsed).toMatchObject({ ok: true, policy: { protocol: { cluster: 'patient' } } });
  });
});
