import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { lock } from './lock.js';

it('has every connection in UTC, wherever the machine stands', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const first = await instance.connect();
  // As DuckDB finds it on a machine in India.
  await first.run(`SET GLOBAL TimeZone = 'Asia/Kolkata'`);
  await lock(first, ['/nowhere']);
  for (const connection of [first, await instance.connect()]) {
    const found = await connection.runAndReadAll(
      `SELECT CAST(TIMESTAMPTZ '2024-01-01 00:00:00Z' AS VARCHAR), date_trunc('day', TIMESTAMPTZ '2024-01-01 23:00:00Z')::DATE::VARCHAR`,
    );
    expect(found.getRowsJS()).toEqual([['2024-01-01 00:00:00+00', '2024-01-01']]);
    await expect(connection.run(`SET TimeZone = 'Asia/Kolkata'`)).rejects.toThrow(/locked/);
    connection.closeSync();
  }
  instance.closeSync();
});
