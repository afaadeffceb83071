import { describe, expect, it } from 'vitest';
import { checkedName, parseDatasetRef } from './dataset-name.js';

const ID = '01930a5e-0000-7000-8000-000000000001';

describe('checkedName', () => {
  it.each(['adult', 'Adult-2024.v1_x', '0', 'a'.repeat(100)])('takes %s', (name) =>
    expect(checkedName(name, 'dataset')).toBe(name),
  );

  it.each([
    '',
    '.',
    '..',
    '../etc',
    'a/b',
    'a\\b',
    'a\0',
    'a b',
    '-a',
    '_a',
    'ä',
    'a@1',
    'a'.repeat(101),
    ID,
    'a\n',
  ])('refuses %j', (name) =>
    expect(() => checkedName(name, 'dataset')).toThrow(expect.objectContaining({ code: 'NAME_INVALID' })),
  );
});

describe('parseDatasetRef', () => {
  it.each([
    ['adult', { name: 'adult', version: null }],
    ['adult@latest', { name: 'adult', version: null }],
    ['adult@12', { name: 'adult', version: 12 }],
    [ID.toUpperCase(), { id: ID }],
  ])('reads %s', (ref, read) => expect(parseDatasetRef(ref)).toEqual(read));

  it.each([
    '',
    '@1',
    'adult@',
    'adult@0',
    'adult@01',
    'adult@1.5',
    'adult@-1',
    'adult@1@2',
    '../x',
    'adult@99999999999',
  ])('refuses %j', (ref) =>
    expect(() => parseDatasetRef(ref)).toThrow(
      expect.objectContaining({ code: 'DATASET_REFERENCE_INVALID' }),
    ),
  );
});
