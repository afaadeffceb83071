import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ColumnType } from '../../../domain/canonical/index.js';
import { DuckSession, literal } from '../../../platform/duckdb/index.js';
import { cutTimes, timeSql } from './split-times.js';

let instance: DuckDBInstance;
let db: DuckSession;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  db = new DuckSession(await instance.connect(), '');
  await db.run(`SET TimeZone = 'UTC'`);
});
afterAll(() => instance.closeSync());

const TEXTS: [ColumnType, string[], string[]][] = [
  [
    'timestamp',
    ['2024-01-01t00:00:00z', '2024-01-02 01:30:00.000001+01:30', '2024-07-03T05:00:00-04:00'],
    ['2024-01-02 00:00:00.000001Z', '2024-07-03 09:00:00Z'],
  ],
  [
    'timestamp_naive',
    ['2024-01-01T00:00:00', '2024-01-02 00:00:00.000001', '2024-07-03t09:00:00'],
    ['2024-01-02 00:00:00.000001', '2024-07-03 09:00:00'],
  ],
  ['date', ['2024-01-01', '2024-01-02', '2024-07-03'], ['2024-01-02', '2024-07-03']],
  ['double', ['-1e300', '-0.0', '5e-1'], ['0.0', '0.5']],
  ['int64', ['-1', '9007199254740993', '9223372036854775807'], ['9007199254740993', '9223372036854775807']],
];

it.each(TEXTS)('the cuts that shares of %s give can be given themselves', async (type, texts, expected) => {
  const column = { name: 'at', type, role: 'time', index: 0 } as const;
  const from = `(SELECT unnest([${texts.map(literal).join(', ')}]) AS c0)`;
  const whole = { split: null as never, from, rows: texts.length };
  const read = await db.rows<{ time: number }>(`SELECT ${timeSql(column, 'c0')} AS time FROM ${from}`);
  const times = Float64Array.from(read, ({ time }) => time);
  const found = await cutTimes(db, whole, column, times, [1 / 3, 1 / 3, 1 / 3]);
  expect(found.texts).toEqual(expected);
  expect(await cutTimes(db, whole, column, times, found.texts)).toEqual(found);
});
