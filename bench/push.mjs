// `node bench/push.mjs [rows]`: what a push of 20 columns does, from the uploaded file to a version whose files are stored, phase by
// phase, with inferred and with declared types. Prints seconds, processor seconds and memory; never fails on them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ready } from '../scripts/ready.mjs';

const ROWS = Number(process.argv[2] ?? 1_000_000);
if (!(Number.isInteger(ROWS) && ROWS >= 1000)) {
  console.error(`Expected a number of rows of 1,000 or more, found ${process.argv[2]}.`);
  process.exit(2);
}
await ready();
const { DECLARED, Ingestion, makeFile } = await import('./ingest.mjs');

const home = mkdtempSync(join(tmpdir(), 'assay-bench-'));
try {
  const csv = join(home, 'rows.csv');
  await makeFile(csv, `SELECT i, 0 AS shift FROM range(${ROWS}) t(i)`);
  const ingestion = new Ingestion(home);
  const upload = await ingestion.upload(csv);
  console.log(`${ROWS} rows of 20 columns, ${(upload.size / 2 ** 20).toFixed(0)} MiB`);
  for (const types of [{}, DECLARED])
    await measured(Object.keys(types).length > 0 ? 'declared' : 'inferred', (progress) =>
      ingestion.run(upload, types, progress),
    );
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
