import { describe, expect, it } from 'vitest';
import type { DatasetColumn } from '../dataset-version.js';
import { fitRow } from './fit-row.js';
import { subjectText } from './subject-text.js';

const COLUMNS: DatasetColumn[] = [
  { name: 'n', type: 'int64', role: 'feature' },
  { name: 'x', type: 'double', role: 'feature' },
  { name: 'ok', type: 'boolean', role: 'feature' },
  { name: 'day', type: 'date', role: 'time' },
  { name: 'who', type: 'text', role: 'group' },
  { name: 'y', type: 'text', role: 'label' },
];
const ROW = { n: 1, x: 0.5, ok: true, day: '2026-01-31', who: 'ann', y: 'yes' };

const refusal = (row: Record<string, unknown>) => {
  try {
    return fitRow(COLUMNS, row, 7);
  } catch (error) {
    return error as { code: string; message: string; details: object };
  }
};

describe('a live row', () => {
  it('is texts in the order of the columns, as a file would have them', () => {
    expect(fitRow(COLUMNS, ROW, 1)).toEqual(['1', '0.5', 'true', '2026-01-31', 'ann', 'yes']);
    const { who, ...rest } = ROW;
    expect(fitRow(COLUMNS, { who, ...rest }, 1)).toEqual(fitRow(COLUMNS, ROW, 1));
  });

  it('may have null anywhere, and no label', () => {
    const { y: _y, ...rest } = ROW;
    expect(fitRow(COLUMNS, rest, 1).at(-1)).toBeNull();
    expect(fitRow(COLUMNS, { ...ROW, x: null, who: '' }, 1)).toEqual([
      '1',
      null,
      'true',
      '2026-01-31',
      '',
      'yes',
    ]);
  });

  it('keeps every digit: integers beyond 2^53 come in quotes', () => {
    expect(fitRow(COLUMNS, { ...ROW, n: '9223372036854775807', x: 'NaN' }, 1).slice(0, 2)).toEqual([
      '9223372036854775807',
      'NaN',
    ]);
    expect(fitRow(COLUMNS, { ...ROW, x: 1e300 }, 1)[1]).toBe('1e+300');
    expect(refusal({ ...ROW, n: 2 ** 53 })).toMatchObject({ message: expect.stringContaining('in quotes') });
  });

  it.each([
    [{ ...ROW, n: 1.5 }, '"n": found 1.5; expected an integer'],
    [{ ...ROW, n: true }, '"n": found true'],
    [{ ...ROW, x: 'much' }, '"x": found "much"; expected a decimal number'],
    [{ ...ROW, ok: 1 }, '"ok": found 1; expected true or false'],
    [{ ...ROW, day: '2026-02-30' }, '"day": found "2026-02-30"; expected a day'],
    [{ ...ROW, who: 5 }, '"who": found 5; expected text'],
    [{ ...ROW, who: 'a\0b' }, '"who": found'],
    [{ ...ROW, who: '\ud800' }, '"who": found'],
    [{ ...ROW, who: ['ann'] }, '"who": found ["ann"]'],
    [{ ...ROW, age: 3 }, '"age": the version has no such column'],
    [{ n: 1 }, '"x": found nothing'],
    [Object.create(ROW) as typeof ROW, '"n": found nothing'],
  ])('is refused with row, column and value: %j', (row, said) => {
    expect(refusal(row)).toMatchObject({
      code: 'LIVE_ROW_INVALID',
      message: expect.stringContaining(`row 7, column ${said}`),
    });
  });

  it('is about whom its column names, however a number is written', () => {
    expect([subjectText('int64', '-0'), subjectText('text', '007'), subjectText('text', null)]).toEqual([
      '0',
      '007',
      null,
    ]);
  });
});
