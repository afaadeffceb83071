// `node bench/chunks.mjs [rows]`: what a version of 20 columns stores that has the rows of another but for 1 %: changed in one range of
// keys, or put in within one. Prints bytes and shares; never fails on them.
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
// Keys of one length: even numbers, so that there are others between them.
const key = (i) => `${10 ** String(2 * ROWS).length} + 2 * ${i}`;
const FROM = Math.floor(ROWS / 3);
const TO = FROM + Math.floor(ROWS / 100);
const FILES = {
  first: `SELECT ${key('i')} AS i, 0 AS shift FROM range(${ROWS}) t(i)`,
  'changed in one range': `SELECT ${key('i')} AS i, (i >= ${FROM} AND i < ${TO})::INT * 7 AS shift FROM range(${ROWS}) t(i)`,
  'put in within one range': `SELECT ${key('i')} AS i, 0 AS shift FROM range(${ROWS}) t(i)
     UNION ALL SELECT ${key('i')} + 1, 0 FROM range(${FROM}, ${TO}) t(i)`,
};
try {
  const ingestion = new Ingestion(home);
  const known = new Set();
  let first;
  for (const [what, ids] of Object.entries(FILES)) {
    const csv = join(home, 'rows.csv');
    await makeFile(csv, ids);
    const { splits } = await ingestion.run(await ingestion.upload(csv), DECLARED);
    const [{ chunks, manifest }] = splits;
    const fresh = [...chunks, manifest].filter(({ digest }) => !known.has(digest));
    const bytes = fresh.reduce((sum, { size }) => sum + size, 0);
    if (!first) {
      first = bytes;
      for (const { digest } of chunks) known.add(digest);
      console.log(
        `${ROWS} rows: ${chunks.length} chunks, ${bytes} bytes, of them ${manifest.size} of the manifest`,
      );
    } else
      console.log(
        `1 % ${what}: ${fresh.length - 1} new chunks, ${bytes} bytes: ${((100 * bytes) / first).toFixed(2)} %`,
      );
    rmSync(csv);
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
