import { describe, expect, it } from 'vitest';
import { metricRegistry } from '../../domain/metrics/index.js';
import { protocolsCompare } from './comparable-protocol.js';
import {
  chosenFields,
  findClass,
  orderedClasses,
  protocolHash,
  readProtocol,
  resolveProtocol,
} from './protocol.js';

const LABEL = { openClasses: ['0', '1'], labelType: 'int64' as const, protected: ['sex', 'race'] };

describe('the evaluation protocol', () => {
  it('has a default for everything, and names positive class, metrics and groups', () => {
    expect(resolveProtocol({}, LABEL)).toEqual({
      version: 1,
      positive: '1',
      threshold: 0.5,
      bins: 15,
      seed: 0,
      metrics: expect.stringContaining('auc@1') as string,
      groups: ['race', 'sex'],
    });
    expect(
      resolveProtocol({}, { ...LABEL, openClasses: ['a', 'b', 'c'], labelType: 'text' }).positive,
    ).toBeNull();
  });

  it('has another hash wherever numbers may differ, and one hash however it is written', () => {
    const hash = (document: object) => protocolHash(resolveProtocol(readProtocol(document), LABEL));
    expect(hash({ positive: 1 })).toBe(hash({}));
    expect(hash({ positive: '1.0', bins: 15 })).toBe(hash({}));
    const others = [
      { positive: '0' },
      { threshold: 0.4 },
      { threshold: 'median' },
      { bins: 10 },
      { seed: 1 },
    ].map(hash);
    expect(new Set([hash({}), ...others]).size).toBe(6);
  });

  it('keeps its hash where nothing new is said, and has another with every new thing', () => {
    const hash = (document: object) => protocolHash(resolveProtocol(readProtocol(document), LABEL));
    const said = { metrics: [...metricRegistry.ids], attributes: ['sex', 'race'], intersections: true };
    expect(resolveProtocol(readProtocol({ ...said, slices: [] }), LABEL)).toEqual(resolveProtocol({}, LABEL));
    const young = { name: 'young', where: 'age < 25' };
    const others = [
      { metrics: ['auc'] },
      { attributes: ['sex'] },
      { intersections: false },
      { slices: [young] },
      { slices: [{ ...young, where: 'age < 26' }] },
      { slices: [{ ...young, name: 'old' }] },
      { search: {} },
      { search: { minimumRows: 51 } },
      { labelNoise: [0.01] },
    ].map(hash);
    expect(new Set([hash({}), ...others]).size).toBe(10);
    const a = { name: 'a', where: 'x = 1' };
    expect(hash({ slices: [young, a] })).toBe(hash({ slices: [a, { name: 'young', where: '(age<25)' }] }));
    expect(hash({ search: {} })).toBe(hash({ search: { minimumRows: 50 } }));
  });

  it('of classes has the hash that it had before there were regressions', () => {
    const hash = (document: object) => protocolHash(resolveProtocol(readProtocol(document), LABEL));
    // Computed at commit ccc84a9, whose registry had no metric of regression.
    expect(hash({})).toBe('f2ce286a44c98397788eb7d311001b232f23e1d48d8eaabf538349030ed5aaed');
    expect(hash({ task: 'classification' })).toBe(hash({}));
    const chosen = { threshold: 0.4, metrics: ['auc', 'brier'], labelNoise: [0.01] };
    expect(hash({ ...chosen, slices: [{ name: 'a', where: 'x = 1' }] })).toBe(
      '80d736311a77e8fc890429956893847617335909fd88192b83efd536fe25216d',
    );
  });

  it('of numbers names its task and level, and nothing of classes', () => {
    const numbers = resolveProtocol(readProtocol({ task: 'regression' }), LABEL);
    expect(numbers).toMatchObject({ task: 'regression', quantile: 0.5, positive: null, groups: [] });
    expect(numbers.metrics).toBe('mae@1,rmse@1,r2@1,mean_error@1,quantile_loss@1');
    const other = resolveProtocol(readProtocol({ task: 'regression', quantile: 0.9 }), LABEL);
    expect(protocolHash(other)).not.toBe(protocolHash(numbers));
    expect(chosenFields(readProtocol({ task: 'regression', quantile: 0.9 }), LABEL)).toEqual(['quantile']);
    expect(chosenFields(readProtocol({ task: 'regression' }), LABEL)).toEqual([]);
    const compare = (metric: 'mae' | 'quantile_loss' | 'accuracy', one: typeof numbers) =>
      protocolsCompare(
        { protocol: one, protocolHash: protocolHash(one) },
        { protocol: numbers, protocolHash: protocolHash(numbers) },
        metric,
      );
    expect([compare('mae', other), compare('quantile_loss', other)]).toEqual([true, false]);
    const classes = resolveProtocol({}, LABEL);
    expect([compare('mae', classes), compare('accuracy', classes)]).toEqual([false, false]);
  });

  it('says which choices move numbers that gates read', () => {
    const chosen = (document: object) => chosenFields(readProtocol(document), LABEL);
    expect(
      chosen({ slices: [{ name: 'a', where: 'x = 1' }], metrics: ['auc'], search: {}, bins: 15 }),
    ).toEqual([]);
    expect(chosen({ bins: 10, attributes: ['sex'] })).toEqual(['bins', 'attributes']);
    expect(chosen({ cluster: 'patient' })).toEqual(['cluster']);
  });

  it.each([
    [{ bin: 15 }, 'protocol.bin: unknown field'],
    [{ bins: 1 }, 'protocol.bins: expected an integer from 2 to 100'],
    [{ threshold: 0 }, 'protocol.threshold'],
    [{ threshold: 'mean' }, 'protocol.threshold: expected a number above 0 and at most 1, or median'],
    [{ threshold: Number.NaN }, 'protocol.threshold'],
    [{ seed: 0.5 }, 'protocol.seed'],
    [{ positive: { a: 1 } }, 'protocol.positive'],
    [{ constructor: 1 }, 'unknown field'],
  ])('refuses %j', (document, message) => expect(() => readProtocol(document)).toThrow(message));

  it('refuses a positive class that no label has, without naming the labels', () => {
    const refused = () =>
      resolveProtocol({ positive: 'yes' }, { ...LABEL, openClasses: ['SECRET', 'OTHER'] });
    expect(refused).toThrow('"yes"');
    expect(refused).not.toThrow(/SECRET|OTHER/);
    expect(() =>
      resolveProtocol({ positive: 'a' }, { ...LABEL, labelType: 'text', openClasses: ['a', 'b', 'c'] }),
    ).toThrow('two classes');
  });

  it('compares classes of numeric labels as numbers, of others as text', () => {
    expect(findClass('1.0', ['0', '1'], 'int64')).toBe('1');
    expect(findClass('1', ['0.0', '1.0'], 'double')).toBe('1.0');
    expect(findClass('1.0', ['0', '1'], 'text')).toBeNull();
    expect(findClass('', ['0', '1'], 'int64')).toBeNull();
  });

  it('puts the positive class last', () => {
    expect(orderedClasses(['bad', 'good'], 'bad')).toEqual(['good', 'bad']);
    expect(orderedClasses(['a', 'b', 'c'], null)).toEqual(['a', 'b', 'c']);
  });
});
