import { describe, expect, it } from 'vitest';
import type { Metric } from '../metrics/index.js';
import { domainTable } from './domain-table.js';

const metric = (value: number, ci: [number, number], formulaId = 'accuracy/wilson'): Metric => ({
  defined: true,
  value,
  ci,
  n: 100,
  formulaId,
});
const outside = (domain: string, one: Metric) => ({ split: `s-${domain}`, domain, metric: one });

describe('domainTable', () => {
  // Zou and Donner 2008: bounds by the squared distances of each one's own, 0.05 and 0.04 here.
  it('gives each domain its gap to the source, and the worst', () => {
    const source = metric(0.9, [0.85, 0.94]);
    const table = domainTable(
      source,
      [outside('north', metric(0.8, [0.72, 0.87])), outside('south', metric(0.88, [0.82, 0.92]))],
      'higher',
    );
    expect(table).toMatchObject({ source, worst: { value: 0.8 }, worstDomain: 'north' });
    const [north] = table.domains;
    expect(north).toMatchObject({ split: 's-north', domain: 'north', gap: { defined: true, n: 100 } });
    if (!north!.gap.defined) throw new Error();
    expect(north!.gap.value).toBeCloseTo(0.1, 12);
    expect(north!.gap.ci![0]).toBeCloseTo(0.1 - Math.hypot(0.05, 0.07), 12);
    expect(north!.gap.ci![1]).toBeCloseTo(0.1 + Math.hypot(0.04, 0.08), 12);
  });

  it('turns round where lower is better', () => {
    const table = domainTable(metric(0.1, [0, 0.2]), [outside('north', metric(0.3, [0.2, 0.4]))], 'lower');
    expect(table.domains[0]!.gap).toMatchObject({ value: expect.closeTo(0.2, 12) as number });
  });

  it('compares what a value is, however its interval was made: a small domain has another one', () => {
    const [large, small] = [
      metric(0.9, [0.85, 0.94], 'auc/mann-whitney-midranks/logit-delong'),
      metric(0.8, [0.7, 0.87], 'auc/mann-whitney-midranks/logit-delong+hanley-mcneil'),
    ];
    const table = domainTable(large, [outside('north', small), outside('south', large)], 'higher');
    expect(table).toMatchObject({ worst: { value: 0.8 }, worstDomain: 'north' });
    expect(table.domains.map(({ gap }) => gap)).toMatchObject([
      {
        value: expect.closeTo(0.1, 12) as number,
        formulaId: 'generalisation-gap/zou-donner/auc/mann-whitney-midranks/intervals-of-each',
      },
      { value: 0, formulaId: 'generalisation-gap/zou-donner/auc/mann-whitney-midranks/logit-delong' },
    ]);
  });

  it('has no gap and no worst where a domain or the source is not measured, or formulas differ', () => {
    const sealed: Metric = { defined: false, reason: 'sealed' };
    const known = metric(0.9, [0.8, 1]);
    const undefinedGap = { defined: false };
    expect(domainTable(sealed, [outside('north', known)], 'higher').domains[0]!.gap).toMatchObject(
      undefinedGap,
    );
    const half = domainTable(known, [outside('north', known), outside('south', sealed)], 'higher');
    expect(half).toMatchObject({ worst: { defined: false }, worstDomain: 'north' });
    const mixed = domainTable(known, [outside('north', metric(0.5, [0, 1], 'other'))], 'higher');
    expect(mixed.domains[0]!.gap).toEqual({
      defined: false,
      reason: expect.stringContaining('formulas') as string,
    });
  });
});
