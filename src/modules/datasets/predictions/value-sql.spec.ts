import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssayConfig } from '../../../platform/config/index.js';
import { Duck, literal, type DuckSession } from '../../../platform/duckdb/index.js';
import { openPredictions, unreadable } from './read-predictions.js';
import { typedValueOf, valueOf } from './value-sql.js';

let home: string;
let duck: Duck;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-values-'));
  duck = new Duck({ home, duckMemoryMb: 256 } as AssayConfig);
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** Values of a type that differ in their bits, or in whether there are any, by the two ways of reading them. */
const differing = (db: DuckSession, type: 'int64' | 'double', stored: string, values: string) =>
  db.rows(
    `SELECT x::VARCHAR AS x, read::VARCHAR AS read, said::VARCHAR AS said FROM (SELECT x, ${typedValueOf(type, 'x', stored)!} AS read,
       ${valueOf(type, 'CAST(x AS VARCHAR)')} AS said FROM (${values}) t(x))
     WHERE read IS DISTINCT FROM said OR typeof(read) <> typeof(said) ${type === 'double' ? 'OR 1 / read IS DISTINCT FROM 1 / said' : ''}`,
  );

describe('typedValueOf', () => {
  it('reads of every double what its text says, to the bit', async () => {
    const edges = ['0.0', '-0.0', '1e-320', '-5e-324', '1.7976931348623157e308', 'nan', 'inf', '-inf', '0.1'];
    await duck.with(async (db) => {
      const list = edges.map((edge) => `('${edge}'::DOUBLE)`).join(', ');
      // Random ones of all sizes, and such as scores are.
      const values = `SELECT * FROM (VALUES ${list}, (NULL::DOUBLE)) UNION ALL
        SELECT (hash(i)::DOUBLE / 18446744073709551615.0) * pow(10, (hash(i + 1) % 600)::INT - 300) FROM range(20000) r(i) UNION ALL
        SELECT hash(i)::DOUBLE / 18446744073709551615.0 FROM range(20000) r(i)`;
      const [counted] = await db.rows<{ n: number }>(
        `SELECT count(DISTINCT x)::DOUBLE AS n FROM (${values}) t(x)`,
      );
      expect(counted!.n).toBeGreaterThan(39_000);
      expect(await differing(db, 'double', 'DOUBLE', values)).toEqual([]);
    });
  });

  it.each(['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER'])(
    'reads of every %s what its text says',
    async (stored) => {
      await duck.with(async (db) => {
        const values = `SELECT TRY_CAST(x AS ${stored}) FROM (SELECT unnest([0, 1, -1, 127, -128, 255, 32767, -32768, 65535, 2147483647,
          -2147483648, 4294967295, 9223372036854775807, -9223372036854775808, 9007199254740993]::HUGEINT[]) AS x)`;
        expect(await differing(db, 'int64', stored, values)).toEqual([]);
      });
    },
  );

  it('leaves to the text what only the text tells', async () => {
    for (const stored of ['FLOAT', 'VARCHAR', 'DECIMAL(18,3)', 'BIGINT'])
      expect(typedValueOf('double', 'x', stored)).toBeNull();
    for (const stored of ['UBIGINT', 'HUGEINT', 'DOUBLE', 'VARCHAR', 'BOOLEAN'])
      expect(typedValueOf('int64', 'x', stored)).toBeNull();
    expect(typedValueOf('text', 'x', 'BIGINT')).toBeNull();
  });
});

it.each(['timestamp', 'timestamp_naive'] as const)('no %s is cut off at the microsecond', async (type) => {
  const zone = type === 'timestamp' ? 'Z' : '';
  const texts = ['2020-01-01T00:00:00.000001', '2020-01-01 00:00:00.0000010', '2020-01-01 00:00:00.0000011'];
  const list = texts.map((text) => `'${text}${zone}'`).join(', ');
  const found = await duck.with((db) =>
    db.rows<{ at: bigint | null }>(
      `SELECT epoch_us(${valueOf(type, 'x')}) AS at FROM (SELECT unnest([${list}]) AS x)`,
    ),
  );
  expect(found.map(({ at }) => at)).toEqual([1577836800000001n, 1577836800000001n, null]);
});

describe('openPredictions', () => {
  it.each([
    ['int96.parquet', 'INT96'],
    ['instant-nanos.parquet', 'TIMESTAMP_NS WITH TIME ZONE'],
    ['decimal256.parquet', 'DECIMAL of 50 digits, 2 of them behind the point'],
  ])('reads no column of %s, which it would misread', async (file, type) => {
    const path = join(import.meta.dirname, '../../../../test/vectors/formats', file);
    await duck.with(async (db) => {
      const copied = join(db.scratch, 'k=v.parquet');
      await copyFile(path, copied);
      const { header, text, value } = await openPredictions(db, copied, 'holdout');
      expect(header).toEqual(['x']);
      for (const read of [() => text('x'), () => value('timestamp', 'x')]) {
        const refused = {
          code: 'PARQUET_TYPE_UNSUPPORTED',
          message: expect.stringContaining(type) as string,
        };
        expect(read).toThrow(expect.objectContaining(refused) as Error);
        // What reads the rows says the same, and not that it is no Parquet.
        const error = await Promise.resolve()
          .then(read)
          .catch((thrown: unknown) => unreadable(thrown, 'holdout'));
        expect(error).toMatchObject(refused);
      }
    });
  });

  it('has the columns of the file alone, whatever its path says', async () => {
    await duck.with(async (db) => {
      const folder = join(db.scratch, 'score=1');
      await mkdir(folder);
      const path = join(folder, 'rows.parquet');
      await db.copyToParquet(`SELECT 1 AS id, 'a' AS prediction`, path);
      const { header, from } = await openPredictions(db, path, 'holdout');
      expect(header).toEqual(['id', 'prediction']);
      expect(await db.rows(`SELECT * EXCLUDE (file_row_number) FROM ${from}`)).toEqual([
        { id: 1, prediction: 'a' },
      ]);
    });
  });

  it.each(['score', 'File_Row_Number'])(
    'numbers the rows of Parquet in its order (column %s)',
    async (name) => {
      await duck.with(async (db) => {
        const path = join(db.scratch, 'rows.parquet');
        await db.copyToParquet(
          `SELECT 500000 - i AS id, i / 7.0::DOUBLE AS "${name}" FROM range(300000) t(i)`,
          path,
        );
        const file = await openPredictions(db, path, 'holdout');
        expect(file.header).toEqual(['id', name]);
        await db.run(
          `CREATE TEMP TABLE read AS SELECT ${file.line} AS line, ${file.value('int64', 'id')} AS id FROM ${file.from}`,
        );
        const [wrong] = await db.rows<{ n: number; rows: number }>(
          `SELECT count(*) FILTER (WHERE id <> 500001 - line)::DOUBLE AS n, count(*)::DOUBLE AS rows FROM read`,
        );
        expect(wrong).toEqual({ n: 0, rows: 300_000 });
        const [rows] = await db.rows<{ rows: number }>(
          `SELECT count(*)::DOUBLE AS rows FROM ${literal(path)}`,
        );
        expect(rows!.rows).toBe(300_000);
      });
    },
  );
});
