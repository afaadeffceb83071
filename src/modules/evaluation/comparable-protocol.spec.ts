import { describe, expect, it } from 'vitest';
import { FAIRNESS_METRIC_NAMES } from '../../domain/fairness/index.js';
import { metricRegistry, type MetricName } from '../../domain/metrics/index.js';
import { comparableProtocol, protocolsCompare } from './comparable-protocol.js';
import { protocolHash, resolveProtocol, type Protocol } from './protocol.js';

const LABEL = { openClasses: ['0', '1'], labelType: 'int64' as const, protected: ['race', 'sex'] };
const usual = resolveProtocol({}, LABEL);
const of = (change: Partial<Protocol>) => {
  const protocol = { ...usual, ...change };
  return { protocol, protocolHash: protocolHash(protocol) };
};
const metrics = metricRegistry.of('classification').map(({ id }) => id) as readonly MetricName[];
const comparing = (change: Partial<Protocol>) =>
  [...metrics, ...FAIRNESS_METRIC_NAMES].filter((metric) => protocolsCompare(of({}), of(change), metric));

describe('the part of a protocol that a metric depends on', () => {
  it('is the positive class of AUC, also bins and seed of ECE, threshold and groups of rates of groups', () => {
    expect(comparableProtocol(usual, 'auc')).toEqual({ version: 1, metric: 'auc@1', positive: '1' });
    expect(comparableProtocol(usual, 'ece')).toEqual({
      version: 1,
      metric: 'ece@1',
      positive: '1',
      bins: 15,
      seed: 0,
    });
    expect(comparableProtocol(usual, 'accuracy')).toEqual({
      version: 1,
      metric: 'accuracy@1',
      positive: '1',
      threshold: 0.5,
    });
    expect(comparableProtocol(usual, 'equalized_odds_difference')).toEqual({
      version: 1,
      metric: 'equalized_odds_difference',
      positive: '1',
      threshold: 0.5,
      groups: ['race', 'sex'],
    });
  });

  it('lets all compare under one protocol, and none under another positive class', () => {
    expect(comparing({})).toHaveLength(metrics.length + FAIRNESS_METRIC_NAMES.length);
    expect(comparing({ positive: '0' })).toEqual([]);
    expect(comparing({ positive: null })).toEqual([]);
  });

  it('another threshold keeps what rests on scores apart from predictions', () => {
    expect(comparing({ threshold: 0.4 })).toEqual(['auc', 'average_precision', 'log_loss', 'brier', 'ece']);
  });

  it('other bins keep all but ECE, other groups all but rates of groups', () => {
    expect(comparing({ bins: 10 })).toEqual([
      ...metrics.filter((metric) => metric !== 'ece'),
      ...FAIRNESS_METRIC_NAMES,
    ]);
    expect(comparing({ groups: ['race'] })).toEqual(metrics);
  });

  it('another seed keeps all whose intervals are not drawn', () => {
    const kept = comparing({ seed: 1 });
    expect(kept).toEqual(expect.arrayContaining(['accuracy', 'auc', 'f1', ...FAIRNESS_METRIC_NAMES]));
    for (const drawn of ['ece', 'mcc', 'f1_macro']) expect(kept).not.toContain(drawn);
  });

  it('a metric more changes the hash and nothing that was there; a new version only its own metric', () => {
    const before = usual.metrics
      .split(',')
      .filter((entry) => !entry.startsWith('mcc@'))
      .join(',');
    expect(of({ metrics: before }).protocolHash).not.toBe(of({}).protocolHash);
    expect(comparing({ metrics: before })).toEqual([
      ...metrics.filter((metric) => metric !== 'mcc'),
      ...FAIRNESS_METRIC_NAMES,
    ]);
    expect(comparing({ metrics: usual.metrics.replace('auc@1', 'auc@2') })).not.toContain('auc');
    // Neither knows a version of it: that says nothing.
    const [one, other] = [of({ metrics: before }), of({ metrics: before, bins: 10 })];
    expect(protocolsCompare(one, other, 'mcc')).toBe(false);
    expect(protocolsCompare(one, other, 'auc')).toBe(true);
  });
});
