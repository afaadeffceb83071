import { undefinedMetric, valueFormula, type DefinedMetric, type Metric } from '../metrics/metric.js';

export type Direction = 'higher' | 'lower';

/** A metric measured in one domain. */
export interface DomainScore {
  domain: string;
  metric: Metric;
}

function checkOneFormula(metrics: readonly Metric[]): void {
  const formulas = new Set(metrics.flatMap((metric) => (metric.defined ? [valueFormula(metric)] : [])));
  if (formulas.size > 1)
    throw new RangeError(`numbers of different formulas do not compare: ${[...formulas].join(', ')}`);
}

/**
 * What is lost outside: in-domain less out-of-domain for a metric of which higher is better, the other way round otherwise. Above 0
 * is worse outside. The interval joins those of two independent sets of rows (Zou and Donner 2008); none where either has none.
 * Throws RangeError for two formulas.
 */
export function generalisationGap(inside: Metric, outside: Metric, direction: Direction): Metric {
  checkOneFormula([inside, outside]);
  if (!inside.defined) return undefinedMetric(`in domain: ${inside.reason}`);
  if (!outside.defined) return undefinedMetric(`out of domain: ${outside.reason}`);
  const [from, less] = direction === 'higher' ? [inside, outside] : [outside, inside];
  const gap = from.value - less.value;
  const same = inside.formulaId === outside.formulaId;
  const formulaId = `generalisation-gap/zou-donner/${same ? inside.formulaId : `${valueFormula(inside)}/intervals-of-each`}`;
  const n = Math.min(inside.n, outside.n);
  if (from.ci === null || less.ci === null) return { defined: true, value: gap, ci: null, n, formulaId };
  const low = gap - Math.hypot(from.value - from.ci[0], less.ci[1] - less.value);
  const high = gap + Math.hypot(from.ci[1] - from.value, less.value - less.ci[0]);
  return { defined: true, value: gap, ci: [low, high], n, formulaId };
}

export interface WorstDomain {
  /** Undefined where one domain is: nobody can say that it is not the worst. Its interval is that of its own rows. */
  metric: Metric;
  /** Of the defined ones; null without any. */
  worst: string | null;
  /** Domains that could not be measured, with the reason. */
  unmeasured: { domain: string; reason: string }[];
}

/** The domain with the worst value; of equals the first. Throws RangeError for two formulas. */
export function worstDomain(scores: readonly DomainScore[], direction: Direction): WorstDomain {
  checkOneFormula(scores.map(({ metric }) => metric));
  const unmeasured = scores.flatMap(({ domain, metric }) =>
    metric.defined ? [] : [{ domain, reason: metric.reason }],
  );
  const measured = scores.flatMap(({ domain, metric }) => (metric.defined ? [{ domain, metric }] : []));
  const worse = (a: DefinedMetric, b: DefinedMetric) =>
    direction === 'higher' ? a.value < b.value : a.value > b.value;
  const worst = measured.reduce<(typeof measured)[number] | null>(
    (most, each) => (most === null || worse(each.metric, most.metric) ? each : most),
    null,
  );
  if (scores.length === 0) return { metric: undefinedMetric('no domains'), worst: null, unmeasured };
  if (unmeasured.length > 0) {
    const names = unmeasured.map(({ domain, reason }) => `${domain}: ${reason}`).join('; ');
    return {
      metric: undefinedMetric(`not every domain was measured (${names})`),
      worst: worst?.domain ?? null,
      unmeasured,
    };
  }
  return { metric: worst!.metric, worst: worst!.domain, unmeasured };
}
