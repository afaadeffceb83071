import { describe, expect, it } from 'vitest';
import { parseFormats, parseSplits, splitName } from './split-arguments.js';

describe('parseSplits', () => {
  it('names a split after its role or its domain', () => {
    expect(parseSplits(['train=a.csv', 'cross_domain:south=b=c.csv'])).toEqual([
      { name: 'train', role: 'train', domain: null, file: 'a.csv' },
      { name: 'south', role: 'cross_domain', domain: 'south', file: 'b=c.csv' },
    ]);
  });

  it('takes role and domain of a name from --role and --domain', () => {
    expect(parseSplits(['test=t.csv'], ['test=cross_domain'], ['test=south'])).toEqual([
      { name: 'test', role: 'cross_domain', domain: 'south', file: 't.csv' },
    ]);
  });

  it('takes a URL with a digest for a file that the server fetches', () => {
    const sha256 = 'a'.repeat(64);
    expect(parseSplits([`cross_domain:south=https://data.example/a=b.csv#sha256=${sha256}`])).toEqual([
      {
        name: 'south',
        role: 'cross_domain',
        domain: 'south',
        file: { reference: 'https://data.example/a=b.csv', sha256 },
      },
    ]);
  });

  it.each([
    [['train=https://data.example/a.csv'], [], /expected URL#sha256=DIGEST/],
    [['train=file:///srv/a.csv#sha256=abc'], [], /expected URL#sha256=DIGEST/],
    [['test=t.csv'], [], /"test" is not a role/],
    [['train'], [], /expected ROLE=FILE/],
    [['=x.csv'], [], /expected ROLE=FILE/],
    [['train='], [], /expected ROLE=FILE/],
    [['oops:south=x.csv'], [], /"oops" of split/],
    [['a:b:c=x.csv'], [], /expected ROLE, ROLE:DOMAIN or NAME/],
    [['train=a.csv', 'train=b.csv'], [], /Two splits are called "train"/],
    [['stress:south=a.csv', 'cross_domain:south=b.csv'], [], /Two splits are called "south"/],
    [['train=a.csv'], ['test=holdout'], /no --split does/],
    [['t=a.csv'], ['t=exam'], /"exam" of split t/],
  ])('refuses %j with roles %j', (splits, roles, message) => {
    expect(() => parseSplits(splits, roles)).toThrow(message);
  });
});

it('a split is meant by its name or by role and domain', () => {
  expect(['holdout', 'cross_domain:south', 'odd:name'].map(splitName)).toEqual([
    'holdout',
    'south',
    'odd:name',
  ]);
});

describe('parseFormats', () => {
  const splits = parseSplits(['train=a', 'holdout=b']);
  it('declares the format of all splits, or of one', () => {
    expect([...parseFormats([], splits)]).toEqual([]);
    expect([...parseFormats(['csv', 'holdout=jsonl'], splits)]).toEqual([
      ['train', 'csv'],
      ['holdout', 'jsonl'],
    ]);
  });

  it.each([
    [['xml'], '--format xml: expected csv, jsonl, parquet'],
    [['train=xlsx'], '--format xlsx'],
    [['csv', 'jsonl'], 'twice'],
    [['test=csv'], 'names "test", but no --split does'],
  ])('refuses %j', (formats, message) => {
    expect(() => parseFormats(formats, splits)).toThrow(message);
  });
});
