// `node bench/push.mjs [rows]`: what a push of 20 columns does, from the uploaded file to a version whose files are stored, phase by
// phase, with inferred and with declared types. Prints seconds, processor seconds and memory; never fails on them.
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ready } from '../scripts/ready.mjs';

const ROWS = Number(process.argv[2] ?? 1_000_000);
if (!(Number.isInteger(ROWS) && ROWS >= 1000)) {
  console.error(`Expected a number of rows of 1,000 or more, found ${process.argv[2]}.`);
  process.exit(2);
}
await ready();
const folder = '../dist/src';
const { AssayConfig } = await import(`${folder}/platform/config/index.js`);
const { Duck } = await import(`${folder}/platform/duckdb/index.js`);
const { FolderBlobStore, SealedFiles } = await import(`${folder}/platform/storage/index.js`);
const { ingestDataset } = await import(`${folder}/modules/datasets/ingest/ingest-dataset.js`);
const { planPush } = await import(`${folder}/modules/datasets/push-plan.js`);

const home = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const DECLARED = {};
try {
  const csv = join(home, 'rows.csv');
  await makeFile(csv);
  const config = AssayConfig.fromEnvironment({ ASSAY_HOME: home });
  const blobs = new FolderBlobStore(config);
  const staged = await blobs.stage(createReadStream(csv), { maxBytes: Number.POSITIVE_INFINITY });
  await staged.commit();
  const sealedFiles = new SealedFiles(blobs, () => Buffer.alloc(32, 9));
  console.log(`${ROWS} rows of 20 columns, ${(staged.size / 2 ** 20).toFixed(0)} MiB`);
  for (const declaredTypes of [{}, DECLARED]) {
    const splits = [{ name: 'train', role: 'train', uploadId: staged.digest }];
    const plan = {
      ...planPush('bench', { splits, key: 'id', label: 'label', declaredTypes }),
      parentId: null,
    };
    const upload = { id: staged.digest, digest: staged.digest, size: staged.size, filename: 'rows.csv' };
    await measured(Object.keys(declaredTypes).length > 0 ? 'declared' : 'inferred', (progress) =>
      new Duck(config).with((db) =>
        ingestDataset(
          db,
          { blobs, sealedFiles },
          { plan, uploads: [upload], projectKey: Buffer.alloc(32), progress },
        ),
      ),
    );
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function measured(what, work) {
  const start = { at: performance.now(), used: process.cpuUsage() };
  let last = start;
  let name = 'starting';
  const lap = (next) => {
    const now = { at: performance.now(), used: process.cpuUsage() };
    console.log(`  ${name.padEnd(24)} ${line(last, now)}`);
    [last, name] = [now, next];
  };
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50);
  console.log(`types ${what}`);
  await work(async (_fraction, message) => lap(message));
  lap('');
  clearInterval(watch);
  console.log(`  ${'in all'.padEnd(24)} ${line(start, last)}, ${(peak / 2 ** 20).toFixed(0)} MiB`);
}

function line(from, to) {
  const used = (to.used.user + to.used.system - from.used.user - from.used.system) / 1e6;
  return `${((to.at - from.at) / 1000).toFixed(2).padStart(7)} s, ${used.toFixed(2).padStart(7)} s of processor`;
}

async function makeFile(path) {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', threads: '1' });
  const connection = await instance.connect();
  const columns = Array.from({ length: 18 }, (_, i) => {
    const mixed = `hash(i * 31 + ${i})`;
    const [type, sql] = [
      ['int64', `(${mixed} % 9973)::BIGINT`],
      ['double', `round((${mixed} % 1000003) / 1009.0, 4)`],
      ['text', `'t' || (${mixed} % 1000)`],
      ['double', `(${mixed} % 1000003) / 1000003.0`],
      ['date', `DATE '2020-01-01' + (${mixed} % 1500)::INT`],
      ['boolean', `${mixed} % 3 = 0`],
    ][i % 6];
    DECLARED[`c${i}`] = type;
    return `${sql} AS c${i}`;
  });
  Object.assign(DECLARED, { id: 'int64', label: 'text' });
  await connection.run(
    `COPY (SELECT i AS id, CASE WHEN hash(i) % 2 = 0 THEN 'yes' ELSE 'no' END AS label, ${columns.join(', ')} FROM range(${ROWS}) t(i))
     TO '${path}' (FORMAT csv, HEADER)`,
  );
  connection.closeSync();
  instance.closeSync();
}
