// `node bench/row-proof.mjs [rows]`: finding and proving a row, and a diff of two versions of which 1 % differ, of 20 columns; as
// ratios to reading every row. Prints milliseconds and ratios; never fails on them.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ready } from '../scripts/ready.mjs';

const ROWS = Number(process.argv[2] ?? 1_000_000);
if (!(Number.isInteger(ROWS) && ROWS >= 1000)) {
  console.error(`Expected a number of rows of 1,000 or more, found ${process.argv[2]}.`);
  process.exit(2);
}
await ready();
const canonical = await import('../dist/src/domain/canonical/index.js');
const folder = '../dist/src/modules/datasets';
const { RowSpool } = await import(`${folder}/sorted-rows/row-spool.js`);
const { writeSortedRows } = await import(`${folder}/sorted-rows/write-sorted-rows.js`);
const { ChunkedSortedRows } = await import(`${folder}/sorted-rows/chunked-sorted-rows.js`);
const { findRow, provePaths } = await import(`${folder}/proof/find-row.js`);
const { mergeRows } = await import(`${folder}/diff/merge-rows.js`);

const COLUMNS = Array.from({ length: 20 }, (_, i) => ({
  name: `c${String(i).padStart(2, '0')}`,
  type: i % 4 === 1 ? 'double' : i % 4 === 2 ? 'text' : 'int64',
}));
const home = mkdtempSync(join(tmpdir(), 'assay-bench-'));

/** A split whose rows from `changed[0]` to `changed[1]` have another value. */
async function write(name, changed) {
  const encoder = new canonical.RowEncoder(COLUMNS);
  const table = new canonical.LeafTable(true);
  const spool = new RowSpool(join(home, `${name}-spool`));
  for (let id = 0; id < ROWS; id++) {
    const shift = id >= changed[0] && id < changed[1] ? 1 : 0;
    const values = COLUMNS.map(({ type }, i) =>
      i === 0
        ? id
        : type === 'text'
          ? `t${(id * i) % 1000}`
          : type === 'double'
            ? (id * i) / 7
            : ((id * i) % 9973) + shift,
    );
    table.add(encoder.leaf(values), canonical.encodeValue('int64', id));
    spool.add(encoder.bytes, encoder.rowFrom, encoder.rowTo);
  }
  const pathOf = (digest) => join(home, 'chunks', digest);
  const start = performance.now();
  const { root, index, nodes } = await writeSortedRows(
    { table, spool, key: 0, committed: false },
    async (bytes) => {
      const digest = createHash('sha256').update(bytes).digest('hex');
      writeFileSync(pathOf(digest), bytes);
      return { digest, size: bytes.length };
    },
  );
  const took = performance.now() - start;
  spool.close();
  const rows = new ChunkedSortedRows({ sorted: index, nodes }, 0, async (digest) => pathOf(digest));
  const bytes = index.chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  return { rows, root: Buffer.from(root, 'hex'), took, bytes };
}

async function timed(work) {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

async function count(before, after, skipEqual) {
  let differ = 0;
  for await (const pair of mergeRows(before.rows, after.rows, { skipEqual }))
    if (!pair.before || !pair.after || !pair.before.equals(pair.after)) differ += 1;
  return differ;
}

try {
  mkdirSync(join(home, 'chunks'));
  const before = await write('before', [0, 0]);
  const after = await write('after', [ROWS / 2, ROWS / 2 + Math.floor(ROWS / 100)]);
  const times = [];
  const idle = process.cpuUsage();
  for (let i = 0; i < 200; i++) {
    const order = canonical.encodeValue('int64', (i * 7919) % ROWS);
    times.push(
      (
        await timed(async () => {
          const { rows } = await findRow(before.rows, order);
          if (!(await provePaths(before.rows, rows, before.root))) throw new Error('the proof is wrong');
        })
      ).ms,
    );
  }
  const { user, system } = process.cpuUsage(idle);
  times.sort((a, b) => a - b);
  const full = await timed(() => count(before, after, false));
  const diff = await timed(() => count(before, after, true));
  if (full.result !== diff.result) throw new Error(`${diff.result} rows differ, not ${full.result}`);
  const known = new Set(before.rows.index.chunks.map(({ digest }) => digest));
  const fresh = after.rows.index.chunks.filter(({ digest }) => !known.has(digest));
  const more = fresh.reduce((sum, { bytes }) => sum + bytes, 0) / before.bytes;
  console.log(
    `${ROWS} rows of ${COLUMNS.length} columns, ${before.rows.index.chunks.length} chunks, ${before.bytes} bytes`,
  );
  console.log(`writing sorted rows   ${before.took.toFixed(0)} ms`);
  console.log(
    `a proof               ${times[100].toFixed(2)} ms in the middle, ${times[189].toFixed(2)} ms of 95 %, ${((user + system) / 1e3 / times.length).toFixed(2)} ms of processor each`,
  );
  console.log(`comparing every row   ${full.ms.toFixed(0)} ms`);
  console.log(
    `diff of ${diff.result} rows  ${diff.ms.toFixed(0)} ms: ${(diff.ms / full.ms).toFixed(4)} of that`,
  );
  console.log(`a proof to a scan     ${(times[100] / full.ms).toFixed(6)}`);
  console.log(`chunks that are new   ${(100 * more).toFixed(2)} % of the bytes`);
  await before.rows.close();
  await after.rows.close();
} finally {
  rmSync(home, { recursive: true, force: true });
}
