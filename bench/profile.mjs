// `node bench/profile.mjs [rows]`: the profile of a split of 10 columns, and DuckDB's own SUMMARIZE of the same file in the same session.
// Prints seconds, processor seconds, memory and the ratio; never fails on them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ready } from '../scripts/ready.mjs';

const ROWS = Number(process.argv[2] ?? 5_000_000);
if (!(Number.isInteger(ROWS) && ROWS >= 1000)) {
  console.error(`Expected a number of rows of 1,000 or more, found ${process.argv[2]}.`);
  process.exit(2);
}
await ready();
const folder = '../dist/src';
const { AssayConfig } = await import(`${folder}/platform/config/index.js`);
const { Duck, literal } = await import(`${folder}/platform/duckdb/index.js`);
const { profileSplit } = await import(`${folder}/modules/datasets/profile/profile-split.js`);

const COLUMNS = [
  ['id', 'int64', 'i'],
  ['label', 'text', `CASE WHEN h % 2 = 0 THEN 'yes' ELSE 'no' END`],
  ['whole', 'int64', '(h % 9973)::BIGINT'],
  ['short', 'double', 'round((h % 1000003) / 1009.0, 4)'],
  ['word', 'text', `'t' || (h % 1000)`],
  ['long', 'double', '(h % 1000003) / 1000003.0'],
  ['day', 'date', `DATE '2020-01-01' + (h % 1500)::INT`],
  ['flag', 'boolean', 'h % 3 = 0'],
  ['gaps', 'double', 'CASE WHEN h % 10 = 0 THEN NULL ELSE (h % 99991) / 7.0 END'],
  ['name', 'text', `'name ' || (h % 200000)`],
];
const home = mkdtempSync(join(tmpdir(), 'assay-bench-'));
try {
  const duck = new Duck(AssayConfig.fromEnvironment({ ASSAY_HOME: home }));
  await duck.with(async (db) => {
    const path = join(db.scratch, 'public.parquet');
    const list = COLUMNS.map(
      ([name, , sql], i) => `${sql.replaceAll(/\bh\b/g, `hash(i * 31 + ${i})`)} AS ${name}`,
    );
    await db.copyToParquet(`SELECT ${list.join(', ')} FROM range(${ROWS}) t(i)`, path);
    const from = `read_parquet(${literal(path)})`;
    const columns = COLUMNS.map(([name, type]) => ({ name, type }));
    console.log(`${ROWS} rows of ${COLUMNS.length} columns`);
    const summary = await measured('SUMMARIZE', () => db.rows(`SUMMARIZE SELECT * FROM ${from}`));
    const profile = await measured('profile', () =>
      profileSplit(db, from, ROWS, columns, () => Promise.resolve()),
    );
    console.log(
      `ratio ${(profile.seconds / summary.seconds).toFixed(2)}, of processor ${(profile.used / summary.used).toFixed(2)}`,
    );
  });
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function measured(what, work) {
  const [at, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  const [seconds, used] = [(performance.now() - at) / 1000, (user + system) / 1e6];
  console.log(
    `${what.padEnd(10)} ${seconds.toFixed(2)} s, ${used.toFixed(2)} s of processor, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`,
  );
  return { seconds, used };
}
