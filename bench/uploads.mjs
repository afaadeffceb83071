// `node bench/uploads.mjs [MiB]`: one file sent by the command line at once and in parts that could be resumed, in turns, to a server of
// its own. Prints medians in MiB a second and their ratio; never fails on them.
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ready } from '../scripts/ready.mjs';
import { serve } from './service.mjs';

const MIB = 1024 * 1024;
const SIZE = Number(process.argv[2] ?? 256);
const TURNS = 5;
if (!(Number.isInteger(SIZE) && SIZE >= 32)) {
  console.error(`Expected a size in MiB of 32 or more, found ${process.argv[2]}.`);
  process.exit(2);
}
await ready();
const { ApiClient } = await import('../dist/cli/client.js');

const home = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const path = join(home, 'file.bin');
const file = openSync(path, 'w');
for (let i = 0; i < SIZE; i++) writeSync(file, randomFillSync(Buffer.alloc(MIB)));
closeSync(file);

try {
  await serve(home, { ASSAY_WORKERS: '0' }, async (api) => {
    const ways = {
      'at once': new ApiClient(api.settings, { partBytes: Number.MAX_SAFE_INTEGER }),
      'in parts': new ApiClient(api.settings),
    };
    const rates = { 'at once': [], 'in parts': [] };
    for (let turn = 0; turn < TURNS; turn++) {
      for (const [way, client] of Object.entries(ways)) {
        const start = performance.now();
        const { size } = await client.upload(path);
        if (size !== SIZE * MIB) throw new Error(`${way}: ${size} bytes came`);
        rates[way].push((SIZE * 1000) / (performance.now() - start));
      }
    }
    const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
    for (const [way, all] of Object.entries(rates))
      console.log(
        `${SIZE} MiB ${way}: ${median(all).toFixed(0)} MiB/s (${all.map((rate) => rate.toFixed(0)).join(', ')})`,
      );
    console.log(
      `resumable / plain throughput: ${(median(rates['in parts']) / median(rates['at once'])).toFixed(2)}`,
    );
  });
} finally {
  rmSync(home, { recursive: true, force: true });
}
