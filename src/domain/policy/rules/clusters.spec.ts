import { describe, expect, it } from 'vitest';
import { buildSplitEvidence, type SplitEvidence } from '../../metrics/index.js';
import { decideGate } from '../decide-gate.js';
import type { SplitFacts } from '../gate-evidence.js';
import { normalForm, parseGatePolicy } from '../parse-gate-policy.js';
import { evidenceOf, factsOf, policyOf } from '../policy-fixtures.js';

/** Rows in clusters of ten that are right or wrong as one, the first `wrong` clusters wrong; two groups by cluster. */
function rowsOf(clusters: number, wrong: number, across = false): SplitEvidence {
  return clustersOf(clusters, 10, (cluster) => cluster < wrong, across);
}

/** Clusters of `size` rows each, the `row`-th of a cluster wrong where `isWrong` says so; every second row is positive. */
function clustersOf(
  clusters: number,
  size: number,
  isWrong: (cluster: number, row: number) => boolean,
  across = false,
): SplitEvidence {
  const rows = Array.from({ length: clusters * size }, (_, row) => row);
  const cluster = (row: number) => Math.floor(row / size);
  const labels = rows.map((row) => row % 2);
  return buildSplitEvidence({
    classes: ['0', '1'],
    positive: '1',
    labels,
    predictions: rows.map((row) => (isWrong(cluster(row), row % size) ? 1 - labels[row]! : labels[row]!)),
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

  it('passes no more easily for an error more: clusters that fail as a whole may not be among those seen', () => {
    // 25 clusters of 50 rows; the first rows of as many clusters are wrong.
    const rows = (wrong: number) => clustersOf(25, 50, (cluster, row) => cluster < wrong && row === 0);
    const by = (atLeast: number, wrong: number) =>
      decide({ ...ACCURACY, atLeast }, measured(rows(wrong), 'patient'));
    for (const wrong of [0, 1, 2, 5]) expect(by(0.96, wrong).verdict).toBe('INCONCLUSIVE');
    expect(by(0.96, 0).ci![0]).toBeCloseTo(0.8784, 4);
    expect(by(0.96, 1).ci![0]).toBeCloseTo(0.8784, 4);
    expect([0, 1, 25].map((wrong) => by(0.85, wrong).verdict)).toEqual(['PASS', 'PASS', 'PASS']);
    // So many rows, in clusters like these, would pass.
    const { neededN } = by(0.96, 1);
    const enough = Math.ceil(neededN! / 50);
    const more = clustersOf(enough, 50, (cluster, row) => cluster % 25 === 0 && row === 0);
    expect(decide({ ...ACCURACY, atLeast: 0.96 }, measured(more, 'patient')).verdict).toBe('PASS');
    const fewer = clustersOf(enough - 1, 50, (cluster, row) => cluster % 25 === 0 && row === 0);
    expect(decide({ ...ACCURACY, atLeast: 0.96 }, measured(fewer, 'patient')).verdict).toBe('INCONCLUSIVE');
  });

  it('compares no groups more easily for an error more', () => {
    const rule = (limit: object, metric: string) => ({
      id: 'gap',
      fairness: { metric, split: 'holdout', attributes: ['sex'], ...limit },
    });
    const by = (wrong: number, limit: object, metric = 'equal_opportunity_difference') =>
      decide(
        rule(limit, metric),
        measured(
          clustersOf(50, 50, (cluster, row) => cluster < wrong && row === 1),
          'patient',
        ),
      );
    for (const wrong of [0, 1, 2]) expect(by(wrong, { atMost: 0.065 }).verdict).toBe('INCONCLUSIVE');
    for (const wrong of [0, 1, 2]) expect(by(wrong, { atMost: 0.2 }).verdict).toBe('PASS');
    expect(by(1, { atMost: 0.2 }).ci![1]).toBeCloseTo(0.1096, 4);
    for (const wrong of [0, 1, 2])
      expect(by(wrong, { atLeast: 0.93 }, 'equal_opportunity_ratio').verdict).toBe('INCONCLUSIVE');
    expect(by(1, { atLeast: 0.8 }, 'equal_opportunity_ratio').verdict).toBe('PASS');
    expect(by(1, { atLeast: 0.8 }, 'equal_opportunity_ratio').ci![0]).toBeCloseTo(0.8904, 4);
  });

  it.each([
    ['equal_opportunity_difference', { atMost: 0.065 }],
    ['equal_opportunity_ratio', { atLeast: 0.93 }],
  ])('says how many rows of each group would settle %s, by what clusters may hide', (metric, limit) => {
    const rule = { id: 'gap', fairness: { metric, split: 'holdout', attributes: ['sex'], ...limit } };
    // One cluster in fifty has a wrong row among its 25 positives; every second cluster is of one group.
    const by = (clusters: number) =>
      decide(
        rule,
        measured(
          clustersOf(clusters, 50, (cluster, row) => cluster % 50 === 0 && row === 1),
          'patient',
        ),
      );
    const { verdict, neededN } = by(50);
    expect(verdict).toBe('INCONCLUSIVE');
    const enough = 2 * Math.ceil(neededN! / 25);
    // Give or take a tenth: a fiftieth of clusters is no whole number of them.
    expect(by(Math.ceil(1.1 * enough)).verdict).toBe('PASS');
    expect(by(Math.floor(0.9 * enough)).verdict).toBe('INCONCLUSIVE');
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
