import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssayConfig } from '../config/index.js';
import { Duck } from './duck.js';
import { literal } from './sql-text.js';

let home: string;
let duck: Duck;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-duck-'));
  await mkdir(join(home, 'blobs'));
  await writeFile(join(home, 'blobs', 'a.csv'), 'k,v\n1,x\n2,\n3,z\n');
  await writeFile(join(home, 'secret.csv'), 's\n1\n');
  duck = new Duck({ home, duckMemoryMb: 256 } as AssayConfig);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('Duck', () => {
  it('reads blobs, by row and by column', async () => {
    const source = `read_csv(${literal(join(home, 'blobs', 'a.csv'))}, all_varchar = true)`;
    await duck.with(async (db) => {
      expect(await db.rows(`SELECT k, v FROM ${source} ORDER BY k`)).toEqual([
        { k: '1', v: 'x' },
        { k: '2', v: null },
        { k: '3', v: 'z' },
      ]);
      for await (const chunk of db.columns(`SELECT k::DOUBLE, v, k::BIGINT FROM ${source} ORDER BY k`)) {
        expect(chunk.rowCount).toBe(3);
        expect(chunk.column(0)).toEqual(Float64Array.of(1, 2, 3));
        expect(chunk.column(1)).toEqual(['x', null, 'z']);
        expect(chunk.column(2)).toEqual(BigInt64Array.of(1n, 2n, 3n));
        expect(chunk.doubles(2)).toEqual(Float64Array.of(1, 2, 3));
        expect(chunk.texts(1)).toEqual(['x', null, 'z']);
      }
    });
  });

  it('streams large results in chunks, whose sum is right', async () => {
    const sum = await duck.with(async (db) => {
      let total = 0;
      let chunks = 0;
      for await (const chunk of db.columns('SELECT i::DOUBLE FROM range($1) t(i)', [100_000])) {
        for (const value of chunk.doubles(0)) total += value;
        chunks += 1;
      }
      expect(chunks).toBeGreaterThan(40);
      return total;
    });
    expect(sum).toBe((100_000 * 99_999) / 2);
  });

  it('shows null as NaN among doubles and as null among values', async () => {
    await duck.with(async (db) => {
      for await (const chunk of db.columns(
        'SELECT CASE WHEN i = 1 THEN NULL ELSE i::DOUBLE END FROM range(3) t(i)',
      )) {
        expect(chunk.column(0)).toEqual([0, null, 2]);
        expect(chunk.doubles(0)).toEqual(Float64Array.of(0, Number.NaN, 2));
      }
    });
  });

  it('writes Parquet into its scratch folder, which goes with it', async () => {
    await duck.with(async (db) => {
      const path = join(db.scratch, 'out.parquet');
      await db.copyToParquet('SELECT i, i % 3 AS m FROM range(10) t(i)', path);
      expect(await db.rows(`SELECT count(*)::DOUBLE AS n FROM ${literal(path)}`)).toEqual([{ n: 10 }]);
    });
    expect(await readdir(join(home, 'scratch'))).toEqual([]);
  });

  it.each([
    ['read a file beside the blobs', () => `SELECT * FROM read_csv(${literal(join(home, 'secret.csv'))})`],
    ['climb out of the blobs', () => `SELECT * FROM read_csv(${literal(join(home, 'blobs/../secret.csv'))})`],
    ['write a file beside the blobs', () => `COPY (SELECT 1) TO ${literal(join(home, 'new.csv'))}`],
    ['open another database', () => `ATTACH ${literal(join(home, 'other.db'))}`],
    ['reach the network', () => `SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')`],
    ['install an extension', () => 'INSTALL httpfs'],
    ['open itself up again', () => 'SET enable_external_access = true'],
    ['take more memory', () => `SET memory_limit = '100GB'`],
  ])('cannot %s', async (_what, sql) => {
    await expect(duck.with((db) => db.run(sql()))).rejects.toThrow(
      /Permission Error|configuration|locked|disabled|Missing Extension|extension/i,
    );
  });

  it('is interrupted at once, with the reason of the signal', async () => {
    const controller = new AbortController();
    let aborted = 0;
    setTimeout(() => {
      aborted = performance.now();
      controller.abort(new Error('the job was cancelled'));
    }, 100);
    const endless = duck.with(
      (db) => db.rows('SELECT count(*) FROM range(100000000) a(i), range(100000) b(j) WHERE i * j % 7 = 3'),
      controller.signal,
    );
    await expect(endless).rejects.toThrow('the job was cancelled');
    expect(performance.now() - aborted).toBeLessThan(2_000);
  });

  it('does not start for a signal that is already aborted', async () => {
    let started = false;
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(duck.with(() => Promise.resolve((started = true)), signal)).rejects.toThrow('too late');
    expect(started).toBe(false);
  });

  it('runs no more at once than there are cores', async () => {
    let open = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 6 }, () =>
        duck.with(async (db) => {
          most = Math.max(most, (open += 1));
          await db.run('SELECT 1');
          open -= 1;
        }),
      ),
    );
    expect(most).toBeLessThanOrEqual(availableParallelism());
  });

  it('sweeps what a killed process left', async () => {
    const mine = await readdir(join(home, 'scratch'));
    expect(mine).toEqual([]);
    await duck.with(async (db) => {
      const gone = db.scratch.replace(`.${process.pid}.`, '.4194303.');
      await mkdir(gone);
      await duck.onModuleInit();
      expect(await readdir(join(home, 'scratch'))).toHaveLength(1);
    });
  });
});
