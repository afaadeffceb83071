import { execFileSync } from 'node:child_process';
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Response } from 'supertest';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/platform/config/index.js';
import { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

const SCRIPT = join(projectRoot(), 'docs', 'recompute-content-id.mjs');

interface Version {
  schema: { columns: { name: string; type: string }[] };
}

describe('odd data that is right', () => {
  let test: TestApp;
  let api: ApiClient;
  let folder: string;
  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    api = new ApiClient(test);
    folder = await mkdtemp(join(tmpdir(), 'assay-kept-'));
  });
  afterAll(async () => {
    await test?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Pushes a train split, and reads back from its Parquet file what a query says. */
  async function kept(name: string, csv: string, select: string, more: object = {}): Promise<unknown[][]> {
    const splits = [{ name: 'train', role: 'train', uploadId: await api.upload(csv) }];
    await api.job(`datasets/${name}/versions`, { splits, ...more });
    await recomputed(name, csv);
    const { body } = await api
      .send('get', `dataset-versions/${name}@1/splits/train/rows`)
      .buffer(true)
      .parse(bytes)
      .expect(200);
    const path = join(folder, `${name}.parquet`);
    await writeFile(path, body as Buffer);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const read = await connection.runAndReadAll(`SELECT ${select} FROM read_parquet('${path}')`);
    const found = read.getRows();
    connection.closeSync();
    instance.closeSync();
    return found;
  }
  /** What was stored is what was sent: the documented script finds the same id in the file. Throws where it does not. */
  async function recomputed(name: string, csv: string | Buffer): Promise<void> {
    const [version, file] = [join(folder, 'version.json'), join(folder, 'sent.csv')];
    await writeFile(version, JSON.stringify(await api.get(`dataset-versions/${name}@1`)));
    await writeFile(file, csv);
    execFileSync(process.execPath, [SCRIPT, version, `train=${file}`]);
  }
  const typesOf = async (name: string) =>
    Object.fromEntries(
      (await api.get<Version>(`dataset-versions/${name}@1`)).schema.columns.map((column) => [
        column.name,
        column.type,
      ]),
    );

  it('a 1.5 in row 29,991 of integers makes them doubles: itself exact, none of the 29,999 others changed', async () => {
    const x = (i: number) => (i === 29_991 ? '1.5' : String(i * 3));
    const csv = `id,x\n${Array.from({ length: 30_000 }, (_, i) => `${i + 1},${x(i + 1)}`).join('\n')}\n`;
    const found = await kept(
      'fraction',
      csv,
      `count(*), count(*) FILTER (x = id * 3), max(x) FILTER (id = 29991), typeof(any_value(x))`,
      { key: 'id' },
    );
    expect(found).toEqual([[30_000n, 29_999n, 1.5, 'DOUBLE']]);
    expect(await typesOf('fraction')).toEqual({ id: 'int64', x: 'double' });
  });

  it('integers beyond 2^53 stay themselves; beyond 2^63 they are text, not another number', async () => {
    const csv = 'id,a,b\n1,9007199254740993,9223372036854775809\n2,-9223372036854775808,1\n';
    expect(await kept('large', csv, 'a::VARCHAR, b::VARCHAR', { key: 'id' })).toEqual([
      ['9007199254740993', '9223372036854775809'],
      ['-9223372036854775808', '1'],
    ]);
    const types = await typesOf('large');
    expect([types.a, types.b]).toEqual(['int64', 'text']);
  });

  it('days written in two ways are text, decimals the doubles nearest to them, NaN beside numbers a double and else a text', async () => {
    const csv = 'id,day,x,n,word\n1,2024-01-02,0.10,NaN,NaN\n2,01/02/2024,1e-1,2,nan\n';
    const select = 'day, x, isnan(n), word, typeof(x), typeof(n)';
    expect(await kept('values', csv, select, { key: 'id' })).toEqual([
      ['2024-01-02', 0.1, true, 'NaN', 'DOUBLE', 'DOUBLE'],
      ['01/02/2024', 0.1, false, 'nan', 'DOUBLE', 'DOUBLE'],
    ]);
  });

  it.each<[string, string]>([
    ['mark', '\ufeffid,t\n1,a\n2,b\n'],
    ['crlf', 'id,t\r\n1,a\r\n2,b\r\n'],
    ['cr', 'id,t\r1,a\r2,b\r'],
    ['quoted', '"id","t"\n"1","a"\n"2","b"\n'],
    ['no-last-break', 'id,t\n1,a\n2,b'],
  ])('the same rows are the same version, whoever wrote the file: %s', async (name, csv) => {
    expect(await kept(name, csv, 'id, t', { key: 'id' })).toEqual([
      [1n, 'a'],
      [2n, 'b'],
    ]);
  });

  it('line breaks, commas and quotes within quotes are text', async () => {
    const csv = 'id,t\n1,"line\nbreak, and ""quotes"""\n2,"\r\n"\n';
    expect(await kept('breaks', csv, 'id, t', { key: 'id' })).toEqual([
      [1n, 'line\nbreak, and "quotes"'],
      [2n, '\r\n'],
    ]);
  });

  it('the same rows are one version in any format, packed or not, shuffled or not; one other cell is another, and named', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({
      id: i + 1,
      x: i % 3 === 0 ? null : i / 8,
      t: i % 5 === 0 ? '' : `z\u00fc, "${i % 7}"`,
      ok: i % 2 === 0,
      day: `2024-01-${String((i % 28) + 1).padStart(2, '0')}`,
    }));
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const csv = `id,x,t,ok,day\n${rows.map(({ id, x, t, ok, day }) => `${id},${x ?? ''},${quoted(t)},${ok},${day}\n`).join('')}`;
    const lines = (of: object[]) => of.map((row) => `${JSON.stringify(row)}\n`).join('');
    const shuffled = rows.map((_, i) => {
      const { day, x, ...others } = rows[(i * 77) % rows.length]!;
      return { day, ...others, ...(x === null ? {} : { x }) };
    });
    const [sent, parquet] = [join(folder, 'forms.csv'), join(folder, 'forms.parquet')];
    await writeFile(sent, csv);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT day, ok, * EXCLUDE (day, ok) FROM read_csv('${sent}', header = true, nullstr = '', allow_quoted_nulls = false, auto_detect = false, delim = ',', quote = '"', escape = '"',
         columns = {'id': 'BIGINT', 'x': 'DOUBLE', 't': 'VARCHAR', 'ok': 'BOOLEAN', 'day': 'DATE'}) ORDER BY hash(id)) TO '${parquet}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    const forms: [Buffer, string?][] = [
      [await readFile(parquet)],
      [gzipSync(lines(shuffled)), 'jsonl'],
      [Buffer.from(lines(rows.map((row) => (row.id === 42 ? { ...row, x: 0.5 } : row))))],
    ];
    await kept('forms', csv, 'count(*)', { key: 'id' });
    const versions = [];
    for (const [content, format] of forms) {
      const splits = [{ name: 'train', role: 'train', format, uploadId: await api.upload(content) }];
      versions.push(await api.job<{ version: number }>('datasets/forms/versions', { splits, key: 'id' }));
    }
    // The same content is no other version.
    expect(versions.map(({ version }) => version)).toEqual([1, 1, 2]);
    const { items } = await api.get<{ items: unknown[] }>('dataset-versions/forms@1/diff/forms@2/train');
    expect(items).toEqual([
      { change: 'changed', key: '42', count: 1, cells: [{ column: 'x', before: '5.125', after: '0.5' }] },
    ]);
  });

  it('columns may have any name that JavaScript gives a meaning, also as protected attributes of an evaluation', async () => {
    const names = ['__proto__', 'constructor', 'toString', '\u202egnp'];
    const keys = Array.from({ length: 20 }, (_, i) => i + 1);
    const csv = `id,${names.join(',')},y\n${keys.map((key) => `${key},${['a', 'b'][key % 2]},c,${key},d,${key % 3 === 0 ? 1 : 0}`).join('\n')}\n`;
    const splits = [{ name: 'validation', role: 'validation', uploadId: await api.upload(csv) }];
    await api.job('datasets/names/versions', {
      splits,
      key: 'id',
      label: 'y',
      protected: ['__proto__', 'constructor'],
    });
    expect(Object.keys(await typesOf('names'))).toEqual(['id', ...names, 'y']);
    await api.post('models/credit/versions', { artifactUploadId: await api.upload('weights') });
    const predictions = [
      {
        split: 'validation',
        uploadId: await api.upload(`id,prediction\n${keys.map((key) => `${key},${key % 2}`).join('\n')}\n`),
      },
    ];
    const { evaluationId } = await api.job<{ evaluationId: string }>('evaluations', {
      modelVersion: 'credit@1',
      datasetVersion: 'names@1',
      predictions,
    });
    const { text } = await api.send('get', `evaluations/${evaluationId}`).expect(200);
    expect(text).toContain('"attributes":{"__proto__":"a"');
    expect(text).toContain('"demographic_parity_difference":{"__proto__":');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

const bytes = (answer: Response, done: (error: Error | null, body: unknown) => void): void => {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.on('end', () => done(null, Buffer.concat(chunks)));
};
