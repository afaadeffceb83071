// `node bench/shards.mjs [rows] [shards]`: one evaluation, from uploaded Parquet to metrics, done whole and in shards by two workers, each
// in a server that was just started. Prints seconds, their ratio and the peak memory of the job processes; never fails on them.
import { spawn } from 'node:child_process';
import { mkdtempSync, openAsBlob, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { ready } from '../scripts/ready.mjs';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const SHARDS = Number(process.argv[3] ?? 4);
if (![ROWS, SHARDS].every((number) => Number.isInteger(number) && number >= 1)) {
  console.error('Expected a number of rows and a number of shards, each 1 or more.');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
await ready();
const home = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const file = (name) => join(home, name);
try {
  await makeFiles();
  await serve(ROWS, async (api) => {
    await api.job('datasets/bench/versions', {
      splits: [{ name: 'holdout', role: 'holdout', uploadId: await api.upload('holdout.csv') }],
      key: 'id', label: 'label', protected: ['sex', 'race'], looks: 100,
    }); // prettier-ignore
    await api.post('models/bench/versions', { artifactUploadId: await api.upload('model') });
  });
  const results = {};
  // Not the same predictions: those would be answered with the evaluation that exists.
  for (const [name, shardRows, predictions] of [
    ['whole', ROWS, 'predictions-0.parquet'],
    [`in ${SHARDS} shards`, Math.ceil(ROWS / SHARDS), 'predictions-1.parquet'],
  ]) {
    results[name] = await serve(shardRows, async (api) => {
      const started = performance.now();
      const uploadId = await api.upload(predictions);
      await api.job('evaluations', {
        modelVersion: 'bench@1', datasetVersion: 'bench@1', predictions: [{ split: 'holdout', uploadId }],
      }); // prettier-ignore
      return { seconds: (performance.now() - started) / 1000, peak: peakOfJobs() };
    });
    const { seconds, peak } = results[name];
    console.log(
      `evaluate ${ROWS} predictions ${name}, upload to metrics: ${seconds.toFixed(2)} s, peak of one job process ${peak ?? '?'} MiB`,
    );
  }
  const [whole, sharded] = Object.values(results);
  console.log(`whole / in shards: ${(whole.seconds / sharded.seconds).toFixed(2)}`);
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function makeFiles() {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' });
  const connection = await instance.connect();
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
}

/** What `work` answers, done with a server of its own on the same home. */
async function serve(shardRows, work) {
  rmSync(join(home, 'client.json'), { force: true });
  const server = spawn(process.execPath, ['dist/main.js'], {
    cwd: root,
    env: { ...process.env, ASSAY_HOME: home, ASSAY_PORT: '0', ASSAY_LOG_LEVEL: 'error', ASSAY_WORKERS: '2', ASSAY_SHARD_ROWS: String(shardRows) },
    stdio: ['ignore', 'ignore', 'inherit'],
  }); // prettier-ignore
  try {
    return await work(await connect());
  } finally {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.on('exit', resolve));
  }
}

async function connect() {
  for (let tries = 0; ; tries++) {
    try {
      const { url, apiKey, project } = JSON.parse(readFileSync(join(home, 'client.json'), 'utf8'));
      const api = client(url, apiKey, project);
      await api.call('GET', 'jobs');
      return api;
    } catch (error) {
      if (tries > 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function client(url, apiKey, project) {
  const call = async (method, path, body, type) => {
    const answer = await fetch(`${url}/v1/projects/${project}/${path}`, {
      method, body, headers: { authorization: `Bearer ${apiKey}`, ...(type ? { 'content-type': type } : {}) },
    }); // prettier-ignore
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const post = (path, body) => call('POST', path, JSON.stringify(body), 'application/json');
  return {
    call,
    post,
    upload: async (name) =>
      (await call('POST', 'uploads', await openAsBlob(file(name)), 'application/octet-stream')).id,
    job: async (path, body) => {
      let { job } = await post(path, body);
      while (!['succeeded', 'failed', 'cancelled'].includes(job.state))
        job = await call('GET', `jobs/${job.id}?wait=30`);
      if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
      return job.result;
    },
  };
}

/** The most memory that any job process of this home has had, in MiB, as the system counts it; undefined where it does not. */
function peakOfJobs() {
  const peaks = readdirSync('/proc', { withFileTypes: true })
    .filter(({ name }) => /^\d+$/.test(name))
    .flatMap(({ name }) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
        if (!environment.includes(`ASSAY_HOME=${home}`) || !environment.includes('ASSAY_PROCESS=job'))
          return [];
        return [Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${name}/status`, 'utf8'))[1]) / 1024];
      } catch {
        return [];
      }
    });
  return peaks.length > 0 ? Math.round(Math.max(...peaks)) : undefined;
}
