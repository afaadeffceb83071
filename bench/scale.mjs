// `node bench/scale.mjs [rows] [rows of a shard]`: the path on many rows, from upload to metrics: push of a CSV, evaluation of Parquet against
// sealed labels. Prints seconds, the largest resident memory of one process of each kind and processor seconds; never fails on them. Ten
// million rows take minutes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ready } from '../scripts/ready.mjs';
import { serve } from './service.mjs';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const SHARD_ROWS = Number(process.argv[3] ?? 1_000_000);
if (![ROWS, SHARD_ROWS].every((number) => Number.isInteger(number) && number >= 1)) {
  console.error('Expected a number of rows and the rows of a shard, each 1 or more.');
  process.exit(2);
}
await ready();
const home = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const file = (name) => join(home, name);
try {
  await makeFiles();
  await serve(home, { ASSAY_WORKERS: '2', ASSAY_SHARD_ROWS: String(SHARD_ROWS) }, async (api, processes) => {
    processes();
    await timed('push', processes, async (lap) => {
      const uploadId = await api.upload(file('holdout.csv'));
      lap('uploaded');
      await api.job('datasets/bench/versions', {
        splits: [{ name: 'holdout', role: 'holdout', uploadId }], key: 'id', label: 'label', protected: ['sex', 'race'], looks: 100,
      }); // prettier-ignore
      lap('job');
    });
    await api.post('models/bench/versions', { artifactUploadId: await api.upload(file('model')) });
    // Twice: the first finds nothing loaded.
    for (const [which, name] of Object.entries(['predictions-0.parquet', 'predictions-1.parquet']))
      await timed(`evaluation ${Number(which) + 1}`, processes, async (lap) => {
        const uploadId = await api.upload(file(name));
        lap('uploaded');
        const { result, createdAt, startedAt, finishedAt } = await api.job('evaluations', {
          modelVersion: 'bench@1', datasetVersion: 'bench@1', predictions: [{ split: 'holdout', uploadId }],
        }); // prettier-ignore
        lap('job');
        if (startedAt && finishedAt) {
          const between = (from, to) => ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(2);
          console.log(`  the job waited ${between(createdAt, startedAt)} s and ran ${between(startedAt, finishedAt)} s`);
        }
        await api.call('GET', `evaluations/${result.evaluationId}`);
        lap('read back');
      });
  }); // prettier-ignore
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function timed(what, processes, work) {
  const started = performance.now();
  let last = started;
  const laps = [];
  await work((name) => {
    const now = performance.now();
    laps.push(`${name} ${((now - last) / 1000).toFixed(2)} s`);
    last = now;
  });
  const used = Object.entries(processes()).map(
    ([kind, { peak, seconds }]) => `${kind} ${peak} MiB, ${seconds.toFixed(1)} s of processor`,
  );
  console.log(
    `${what}, ${ROWS} rows: ${((performance.now() - started) / 1000).toFixed(2)} s (${laps.join(', ')})`,
  );
  console.log(`  ${used.join('; ')}`);
}

async function makeFiles() {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' });
  const connection = await instance.connect();
  // Row by row in any order of threads would need all rows in memory to put them back in order.
  await connection.run('SET threads = 1');
  const write = (name, select) =>
    connection.run(
      `COPY (${select} FROM range(${ROWS}) t(i)) TO '${file(name)}' (FORMAT ${name.endsWith('csv') ? 'csv, HEADER' : 'parquet'})`,
    );
  const score = `(hash(i) % 1000003) / 1000003.0`;
  await write(
    'holdout.csv',
    `SELECT i AS id, ((hash(i + 77777777) % 1000003) / 1000003.0 < ${score})::INT AS label,
       CASE WHEN hash(i + 1) % 2 = 0 THEN 'f' ELSE 'm' END AS sex, chr((97 + hash(i + 2) % 6)::INT) AS race`,
  );
  for (const other of [0, 1])
    await write(
      `predictions-${other}.parquet`,
      `SELECT i AS id, (${score} >= 0.5)::INT AS prediction, CASE WHEN i = 0 THEN ${other} ELSE ${score} END AS score`,
    );
  await connection.run(`COPY (SELECT 1) TO '${file('model')}' (FORMAT csv)`);
  connection.closeSync();
  instance.closeSync();
}
