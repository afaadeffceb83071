// `npm run bench`: the path on 100,000 rows, against floors measured in the same run: what the machine needs at least.
// Prints seconds and ratios; never fails on them.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { ready } from '../scripts/ready.mjs';

const POLICY = {
  apiVersion: 'assay/v1',
  kind: 'GatePolicy',
  metadata: { name: 'bench', stage: 'bench' },
  spec: {
    rules: [
      { id: 'auc', metric: 'auc', split: 'holdout', atLeast: 0.8 },
      { id: 'calibration', metric: 'ece', split: 'holdout', atMost: 0.5 },
      {
        id: 'fairness',
        fairness: {
          metric: 'equalized_odds_difference',
          split: 'holdout',
          attributes: ['sex', 'race'],
          intersections: true,
          atMost: 0.15,
          minGroupSize: 200,
        },
      },
    ],
  },
};
const ROWS = Number(process.argv[2] ?? 100_000);
const root = fileURLToPath(new URL('..', import.meta.url));
await ready();

const home = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const file = (name) => join(home, name);
const { data, predictions } = makeData(ROWS);
writeFileSync(file('holdout.csv'), data);
writeFileSync(file('predictions.csv'), predictions);

const server = spawn(process.execPath, ['dist/main.js'], {
  cwd: root,
  env: { ...process.env, ASSAY_HOME: home, ASSAY_PORT: '0', ASSAY_LOG_LEVEL: 'error' },
  stdio: ['ignore', 'ignore', 'inherit'],
});
try {
  const api = await connect();
  const floors = { csv: await duckFloor('holdout.csv'), hash: hashFloor(), request: await requestFloor(api) };

  const push = await timed(async () => {
    const uploadId = await api.upload(file('holdout.csv'));
    return api.job('datasets/bench/versions', {
      splits: [{ name: 'holdout', role: 'holdout', uploadId }], key: 'id', label: 'label', protected: ['sex', 'race'],
    }); // prettier-ignore
  });
  print(`push ${ROWS} rows x 12 columns, upload to ready`, push.seconds, {
    'DuckDB reading the file': floors.csv,
    'SHA-256 of each row': floors.hash,
  });

  const artifact = await api.upload(file('predictions.csv'));
  await api.post('models/bench/versions', { artifactUploadId: artifact });
  const evaluation = await timed(async () => {
    const uploadId = await api.upload(file('predictions.csv'));
    return api.job('evaluations', {
      modelVersion: 'bench@1',
      datasetVersion: 'bench@1',
      predictions: [{ split: 'holdout', uploadId }],
    });
  });
  print(`evaluate ${ROWS} predictions, upload to metrics`, evaluation.seconds, {
    'DuckDB reading the file': await duckFloor('predictions.csv'),
  });

  await api.post('policies', { document: POLICY });
  const first = await timed(() => api.post('gate-decisions', { modelVersion: 'bench@1', policy: 'bench' }));
  print('gate check, first', first.seconds, { 'smallest request': floors.request });
  const dry = [];
  for (let i = 0; i < 200; i++)
    dry.push(
      (
        await timed(() =>
          api.post('gate-decisions', { modelVersion: 'bench@1', policy: 'bench', dryRun: true }),
        )
      ).seconds,
    );
  dry.sort((a, b) => a - b);
  print('gate check decided anew, median of 200', dry[100], { 'smallest request': floors.request });
  print('gate check decided anew, 95th percentile', dry[190], { 'smallest request': floors.request });
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.on('exit', resolve));
  rmSync(home, { recursive: true, force: true });
}

function print(what, seconds, floors) {
  const ratios = Object.entries(floors).map(([name, floor]) => `${(seconds / floor).toFixed(1)} x ${name}`);
  console.log(
    `${what}: ${seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`} (${ratios.join(', ')})`,
  );
}

async function timed(work) {
  const started = process.hrtime.bigint();
  const value = await work();
  return { value, seconds: Number(process.hrtime.bigint() - started) / 1e9 };
}

async function duckFloor(name) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const { seconds } = await timed(() =>
    connection.run(`SELECT count(*) FROM read_csv('${file(name)}', all_varchar = true)`),
  );
  connection.closeSync();
  return seconds;
}

function hashFloor() {
  const lines = data.split('\n');
  const started = process.hrtime.bigint();
  for (const line of lines) createHash('sha256').update(line).digest();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

async function requestFloor(api) {
  const times = [];
  for (let i = 0; i < 200; i++) times.push((await timed(() => api.get(''))).seconds);
  return times.sort((a, b) => a - b)[100];
}

async function connect() {
  for (let tries = 0; ; tries++) {
    try {
      const { url, apiKey, project } = JSON.parse(readFileSync(join(home, 'client.json'), 'utf8'));
      return client(url, apiKey, project);
    } catch (error) {
      if (tries > 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function client(url, apiKey, project) {
  const call = async (method, path, body, type) => {
    const answer = await fetch(path === '' ? `${url}/v1/project` : `${url}/v1/projects/${project}/${path}`, {
      method, body, headers: { authorization: `Bearer ${apiKey}`, ...(type ? { 'content-type': type } : {}) },
    }); // prettier-ignore
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const post = (path, body) => call('POST', path, JSON.stringify(body), 'application/json');
  return {
    get: (path) => call('GET', path),
    post,
    upload: async (path) =>
      (await call('POST', 'uploads', readFileSync(path), 'application/octet-stream')).id,
    job: async (path, body) => {
      let { job } = await post(path, body);
      while (!['succeeded', 'failed', 'cancelled'].includes(job.state))
        job = await call('GET', `jobs/${job.id}?wait=30`);
      if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
      return job.result;
    },
  };
}

/** A seeded generator (mulberry32): the same data in every run. */
function makeData(rows) {
  let state = 20_261_123;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const data = ['id,a,b,c,d,e,f,city,day,sex,race,label'];
  const predictions = ['id,prediction,score'];
  for (let id = 0; id < rows; id++) {
    const label = random() < 0.4 ? 1 : 0;
    const score = Math.min(1, Math.max(0, (label ? 0.65 : 0.35) + (random() - 0.5) * 0.8));
    data.push([
      id, Math.floor(random() * 1000), random().toFixed(6), random() < 0.5, (random() * 1e6).toFixed(2), Math.floor(random() * 10),
      random().toFixed(3), `city ${Math.floor(random() * 500)}`, `2026-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 9)}`,
      random() < 0.5 ? 'female' : 'male', 'abcde'[Math.floor(random() * 5)], label,
    ].join(',')); // prettier-ignore
    predictions.push(`${id},${score >= 0.5 ? 1 : 0},${score.toFixed(6)}`);
  }
  return { data: data.join('\n') + '\n', predictions: predictions.join('\n') + '\n' };
}
