import type { EvaluationAnswer, Metric, SliceSearch, SplitResult } from './api-types.js';
import { table } from './table.js';

/** Slices of a search that are shown. */
const SHOWN = 5;

/** The numbers of a split of an evaluation as lines of tables. */
export function renderSplit(name: string, split: SplitResult): string[] {
  const lines = [`${name}: n ${split.n}`, metricTable(split.metrics)];
  const gaps = Object.entries(split.fairness ?? {}).flatMap(([metric, byAttributes]) =>
    Object.entries(byAttributes).map(([attributes, value]) =>
      metricRow([`${metric} (${attributes})`, value]),
    ),
  );
  if (gaps.length > 0) lines.push('', table(['FAIRNESS', 'VALUE', '95 % INTERVAL'], gaps));
  for (const slice of split.slices ?? [])
    lines.push(
      '',
      `${name}, slice ${slice.name} (${shown(slice.where)}): n ${slice.n}`,
      metricTable(slice.metrics),
    );
  if (split.search) lines.push('', ...renderSearch(name, split.search));
  return lines;
}

/** What is lost outside of the source and on stressed copies of rows, as lines of tables; none where nothing was measured. */
export function renderAcross({
  domains,
  robustness,
}: Pick<EvaluationAnswer, 'domains' | 'robustness'>): string[] {
  const gaps = Object.entries(domains?.metrics ?? {}).flatMap(([metric, table]) =>
    table.domains.map(({ domain, gap }) => metricRow([`${metric} (${domain})`, gap])),
  );
  const drops = (robustness?.paired ?? []).flatMap(({ clean, n, perturbations }) =>
    perturbations.map(({ name, drop }) => metricRow([`accuracy (${name} of ${clean}, n ${n})`, drop])),
  );
  return [
    ...(gaps.length > 0
      ? [
          '',
          `lost outside of ${domains?.source ?? 'no source'}`,
          table(['METRIC', 'VALUE', '95 % INTERVAL'], gaps),
        ]
      : []),
    ...(drops.length > 0
      ? ['', 'lost under stress', table(['METRIC', 'VALUE', '95 % INTERVAL'], drops)]
      : []),
  ];
}

/** A text of somebody's data as a terminal may be given it. */
function shown(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

function metricTable(metrics: Record<string, Metric>): string {
  return table(['METRIC', 'VALUE', '95 % INTERVAL'], Object.entries(metrics).map(metricRow));
}

function renderSearch(name: string, search: SliceSearch): string[] {
  if (!search.defined) return [`${name}, worst slices: undefined (${search.reason})`];
  const rows = search.slices
    .slice(0, SHOWN)
    .map(({ where, n, rate, rest, adjustedP }) => [
      shown(where),
      String(n),
      rate.toFixed(4),
      rest.rate.toFixed(4),
      adjustedP < 0.0001 ? '< 0.0001' : adjustedP.toFixed(4),
    ]);
  return [
    `${name}, worst slices of ${search.tried} tried`,
    table(['SLICE', 'N', 'ERRORS', 'REST', 'ADJUSTED P'], rows),
  ];
}

export function metricRow([name, metric]: [string, Metric]): string[] {
  if (!metric.defined) return [name, 'undefined', metric.reason];
  return [
    name,
    metric.value.toFixed(4),
    metric.ci ? `${metric.ci[0].toFixed(4)} to ${metric.ci[1].toFixed(4)}` : '',
  ];
}
