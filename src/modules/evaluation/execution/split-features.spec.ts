import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssayConfig } from '../../../platform/config/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import type { EvaluationInput } from '../../datasets/index.js';
import type { FeatureBatch } from './model-runtime.js';
import { type Feature, splitFeatures } from './split-features.js';

let home: string;
let duck: Duck;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-features-'));
  duck = new Duck({ home, duckMemoryMb: 256 } as AssayConfig);
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** The batches of a split whose rows are those of a statement. */
const read = (rows: number, sql: string, features: Feature[]) =>
  duck.with(async (db) => {
    const path = join(db.scratch, 'split.parquet');
    await db.copyToParquet(sql, path);
    const batches: FeatureBatch[] = [];
    const input = { split: 's', rows } as EvaluationInput;
    for await (const batch of splitFeatures(db, input, [{ path, rows }], features)) batches.push(batch);
    return batches;
  });

describe('the features of a split', () => {
  it('are every row once, in order, whatever the number of rows', async () => {
    const feature: Feature[] = [{ name: 'n', type: 'int64' }];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30_000 }), async (rows) => {
        const batches = await read(rows, `SELECT range AS n FROM range(${rows})`, feature);
        const all = batches.flatMap(({ columns }) => [...(columns.n as Float64Array)]);
        expect(all).toEqual(Array.from({ length: rows }, (_, i) => i));
        expect(Math.max(...batches.map((batch) => batch.rows))).toBeLessThanOrEqual(8_192);
        expect(batches.every((batch) => batch.columns.n!.length === batch.rows)).toBe(true);
      }),
      { numRuns: 8, examples: [[1], [2_048], [8_192], [8_193], [16_384]] },
    );
  });

  it('are numbers, truth values as 0 and 1, and texts; what is empty stays so', async () => {
    const values = `(1, 0.5, true, 'a', 'no'), (NULL, NULL, NULL, NULL, 'yes'), (-3, 1e300, false, '', 'no')`;
    const [batch] = await read(3, `SELECT * FROM (VALUES ${values}) t(i, d, b, "t""x", y)`, [
      { name: 't"x', type: 'text' },
      { name: 'b', type: 'boolean' },
      { name: 'i', type: 'int64' },
      { name: 'd', type: 'double' },
    ]);
    expect(batch).toEqual({
      rows: 3,
      columns: {
        't"x': ['a', null, ''],
        b: Float64Array.of(1, NaN, 0),
        i: Float64Array.of(1, NaN, -3),
        d: Float64Array.of(0.5, NaN, 1e300),
      },
    });
  });

  it('are not read where an integer would be rounded', async () => {
    const big = (value: string) => read(1, `SELECT ${value}::BIGINT AS i`, [{ name: 'i', type: 'int64' }]);
    expect((await big('9007199254740991'))[0]!.columns.i).toEqual(Float64Array.of(2 ** 53 - 1));
    for (const value of ['9007199254740993', '-9007199254740993'])
      await expect(big(value)).rejects.toMatchObject({ code: 'FEATURE_TOO_LARGE' });
  });
});
