// `node bench/phases.mjs [rows] [MiB for DuckDB]`: where the time of one evaluation of sealed binary labels goes once its files are stored:
// seconds, processor seconds and resident memory after each phase. Prints the digest of the predictions, too: two builds that say another
// one do not compute the same. Never fails on times.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ready } from '../scripts/ready.mjs';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const DUCK_MB = Number(process.argv[3] ?? 592);
if (![ROWS, DUCK_MB].every((number) => Number.isInteger(number) && number >= 1)) {
  console.error('Expected a number of rows and of MiB, each 1 or more.');
  process.exit(2);
}
await ready();
const { Duck, DuckSession } = await import('../dist/src/platform/duckdb/index.js');
const { FolderBlobStore, SealedFiles } = await import('../dist/src/platform/storage/index.js');
const { evaluateSplit } = await import('../dist/src/modules/evaluation/evaluate-split.js');
const { resolveProtocol } = await import('../dist/src/modules/evaluation/protocol.js');

/** What a statement is about, by how it begins; what JavaScript does stands between statements. */
const PHASES = [
  [/^CREATE TEMP TABLE split_rows/, 'load labels and attributes'],
  [/^CREATE TEMP TABLE labels/, 'number classes and groups'],
  [/^CREATE TEMP TABLE given /, 'load predictions'],
  [/^SELECT coalesce\(bool_or/, 'check every prediction'],
  [/^SELECT \(SELECT count/, 'check keys'],
  [/^CREATE TEMP TABLE joined/, 'join'],
  [/^COPY/, 'write predictions'],
];
const home = mkdtempSync(join(tmpdir(), 'assay-bench-'));
try {
  const config = { home, duckMemoryMb: DUCK_MB };
  const blobs = new FolderBlobStore(config);
  const stores = { blobs, sealedFiles: new SealedFiles(blobs, () => Buffer.alloc(32, 9)) };
  const duck = new Duck(config);
  const { input, upload } = await duck.with((db) => makeFiles(db, stores));
  const total = meter();
  const between = watchStatements('open files');
  const { predictionsDigest } = await duck.with((db) =>
    evaluateSplit(db, stores, input, upload, resolveProtocol({}, input)),
  );
  between();
  total(`all of ${ROWS} rows`);
  console.log(`predictions ${predictionsDigest}`);
  console.log(`largest resident memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);

  /** Prints each statement and what stands before it. Answers a function that prints what stands after the last. */
  function watchStatements(first) {
    let since = meter();
    let what = first;
    for (const method of ['run', 'rows']) {
      const original = DuckSession.prototype[method];
      DuckSession.prototype[method] = async function (sql, parameters) {
        const phase = PHASES.find(([begins]) => begins.test(sql))?.[1];
        if (!phase) return original.call(this, sql, parameters);
        since(what);
        const one = meter();
        const answer = await original.call(this, sql, parameters);
        one(phase);
        [since, what] = [
          meter(),
          phase === 'join'
            ? 'read and reduce'
            : phase === 'write predictions'
              ? 'store, intervals, charts'
              : 'other',
        ];
        return answer;
      };
    }
    return () => since(what);
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}

function meter() {
  const started = performance.now();
  const used = process.cpuUsage();
  return (what) => {
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(used);
    if (seconds < 0.005) return;
    const resident = Math.round(process.memoryUsage.rss() / 2 ** 20);
    console.log(
      `${what.padEnd(28)} ${seconds.toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of processor, ${resident} MiB`,
    );
  };
}

async function makeFiles(db, { blobs, sealedFiles }) {
  const score = '(hash(i) % 1000003) / 1000003.0';
  const put = async (store, name, select) => {
    const path = join(db.scratch, name);
    await db.copyToParquet(`${select} FROM range(${ROWS}) t(i)`, path);
    return (await store.putFile(path)).digest;
  };
  const label = `((hash(i + 77777777) % 1000003) / 1000003.0 < ${score})::BIGINT AS label`;
  const groups = `CASE WHEN hash(i + 1) % 2 = 0 THEN 'f' ELSE 'm' END AS sex, chr((97 + hash(i + 2) % 6)::INT) AS race`;
  const input = {
    split: 'holdout', role: 'holdout', domain: null, rows: ROWS, sealed: true, root: 'ab'.repeat(32),
    keyColumn: 'id', keyType: 'int64', labelColumn: 'label', labelType: 'int64', labelClasses: ['0', '1'], openClasses: ['0', '1'],
    protected: ['sex', 'race'], columns: [],
    publicParquet: await put(blobs, 'public', `SELECT i::BIGINT AS id, ${groups}`),
    labelParquet: await put(sealedFiles, 'labels', `SELECT i::BIGINT AS key, ${label}`),
  }; // prettier-ignore
  const predictions = `SELECT i AS id, (${score} >= 0.5)::INT AS prediction, ${score} AS score`;
  return { input, upload: { digest: await put(blobs, 'predictions', predictions) } };
}
