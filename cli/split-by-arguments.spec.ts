import { describe, expect, it } from 'vitest';
import { parseSplitBy } from './split-by-arguments.js';

describe('one file for all splits', () => {
  it('is read with method, column, shares and seed', () => {
    const options = {
      data: 'all.csv',
      splitBy: 'group:hospital',
      shares: 'train=.8,cross_domain:south=.2',
      seed: '7',
    };
    expect(parseSplitBy(options)).toEqual({
      file: 'all.csv',
      splits: [
        { name: 'train', role: 'train', domain: null, file: '.8' },
        { name: 'south', role: 'cross_domain', domain: 'south', file: '.2' },
      ],
      shares: new Map([
        ['train', 0.8],
        ['south', 0.2],
      ]),
      splitBy: { method: 'group', column: 'hospital', seed: 7, cuts: undefined },
    });
  });

  it('has cuts in place of shares', () => {
    const found = parseSplitBy({
      data: 'a',
      splitBy: 'time',
      cuts: '2024-01-01, 2025-01-01',
      shares: 'train,validation,holdout',
    });
    expect(found?.splitBy).toEqual({
      method: 'time',
      column: undefined,
      seed: undefined,
      cuts: ['2024-01-01', '2025-01-01'],
    });
    expect(found?.shares.size).toBe(0);
    expect(found?.splits.map(({ role }) => role)).toEqual(['train', 'validation', 'holdout']);
  });

  it('is not there without its options', () => expect(parseSplitBy({ split: ['train=t.csv'] })).toBeNull());

  const all = { data: 'a', splitBy: 'random', shares: 'train=.8,holdout=.2' };
  it.each([
    [{ ...all, shares: undefined }, 'together'],
    [{ ...all, split: ['train=t.csv'] }, '--data'],
    [{ ...all, shares: 'train=most,holdout=.2' }, 'a number for train'],
    [{ ...all, seed: '-1' }, 'whole number'],
    [{ ...all, cuts: '1' }, 'names the splits alone'],
    [{ ...all, shares: 'nothing=.8,holdout=.2' }, 'not a role'],
  ])('%j is refused', (options, said) => expect(() => parseSplitBy(options)).toThrow(said));
});
