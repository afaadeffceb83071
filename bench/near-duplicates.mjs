// `node bench/near-duplicates.mjs [rows]`: near duplicates over short texts with planted pairs at Jaccard 0.8, as the job scans them.
// Prints seconds, recall, precision and memory; never fails on them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ready } from '../scripts/ready.mjs';

await ready();
const { jaccard, shinglesOf } = await import('../dist/src/domain/quality/index.js');
const { DuckSession } = await import('../dist/src/platform/duckdb/index.js');
const { loadRows } = await import('../dist/src/modules/datasets/checks/load-rows.js');
const { scanNearDuplicates } = await import('../dist/src/modules/datasets/checks/scans/near-duplicates.js');
const { writeFindings } = await import('../dist/src/modules/datasets/checks/write-findings.js');

const ROWS = Number(process.argv[2] ?? 1_000_000);
const PAIRS = Math.floor(ROWS / 100);
const SHINGLE = 5;
const random = generator(7);

// Sentences of words that are used as unevenly as words are; every hundredth has a copy, at the end, whose last letters differ.
const WORDS = Array.from({ length: 20_000 }, () => word());
const texts = Array.from({ length: ROWS - PAIRS }, () => sentence());
const planted = new Map();
for (let i = 0; i < PAIRS; i++) {
  const [copy, similarity] = nearTo(texts[i * 50]);
  planted.set(texts.length + 1, { original: i * 50 + 1, similarity });
  texts.push(copy);
}
const below = [...planted.values()].filter(({ similarity }) => similarity < 0.8).length;

const scratch = mkdtempSync(join(tmpdir(), 'assay-near-'));
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
try {
  const db = new DuckSession(connection, scratch);
  const file = join(scratch, 'texts.parquet');
  const appender = await (await connection.run('CREATE TABLE made (id BIGINT, text VARCHAR)'),
  connection.createAppender('made'));
  texts.forEach((text, i) => {
    appender.appendBigInt(BigInt(i));
    appender.appendVarchar(text);
    appender.endRow();
  });
  appender.closeSync();
  await db.run(`COPY made TO '${file}' (FORMAT parquet)`);
  await db.run('DROP TABLE made');
  const letters = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  texts.length = 0;

  const start = performance.now();
  const scan = await loadRows(db, [{ name: 'all', from: `read_parquet('${file}')`, rows: ROWS }], 'id', [
    'text',
  ]);
  const outcome = await scanNearDuplicates(scan, ['text'], { threshold: 0.8, shingle: SHINGLE, seed: 1 });
  await writeFindings(scan);
  const seconds = (performance.now() - start) / 1000;
  const found = await db.rows('SELECT row::DOUBLE AS row, other_row::DOUBLE AS other FROM finding');
  const near = [...planted].filter(([, { similarity }]) => similarity >= 0.8);
  const rows = new Set(found.map(({ row }) => row));
  const recall = near.filter(([row]) => rows.has(row)).length / near.length;
  const similarities = near.map(([, { similarity }]) => similarity).sort((a, b) => a - b);
  console.log(
    `near duplicates over ${ROWS} texts of ${letters.toFixed(0)} characters: ${seconds.toFixed(1)} s, ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`,
  );
  console.log(
    `  ${near.length} planted pairs at Jaccard ${similarities[0].toFixed(3)} to ${similarities.at(-1).toFixed(3)} (${below} more fell below 0.8): recall ${recall.toFixed(4)}`,
  );
  console.log(
    `  ${outcome.reason}; ${found.filter(({ row }) => !planted.has(row)).length} of them were not planted`,
  );
} finally {
  connection.closeSync();
  instance.closeSync();
  rmSync(scratch, { recursive: true, force: true });
}

function word() {
  const length = 3 + Math.floor(random() * 7);
  return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
}

function sentence() {
  return Array.from({ length: 8 }, () => WORDS[Math.floor(random() ** 2 * WORDS.length)]).join(' ');
}

/** The text with as many other letters at its end as bring it closest to 0.8 from above. */
function nearTo(text) {
  let best = [`${text}!`, similarity(text, `${text}!`)];
  for (let changed = 1; changed < text.length / 2; changed++) {
    const copy =
      text.slice(0, -changed) +
      Array.from({ length: changed }, () => '0123456789'[Math.floor(random() * 10)]).join('');
    const at = similarity(text, copy);
    if (at < 0.8) break;
    best = [copy, at];
  }
  return best;
}

function similarity(a, b) {
  const [x, y] = [shinglesOf(a, SHINGLE), shinglesOf(b, SHINGLE)];
  return jaccard(Uint32Array.of(...x, ...y), 0, x.length, x.length, x.length + y.length);
}

/** Mulberry32. */
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
