// `node bench/peers.mjs [rows] [replicates of Fairlearn]`: what scikit-learn and Fairlearn need for the same arrays, as ratios within one run. Python is that of
// ASSAY_BENCH_PYTHON, or python3; without it or its libraries this says so and ends well. Ends with 1 where values differ.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ready } from '../scripts/ready.mjs';

const ROWS = Number(process.argv[2] ?? 1_000_000);
if (!(Number.isInteger(ROWS) && ROWS >= 1000)) {
  console.error(`Expected a number of rows of 1,000 or more, found ${process.argv[2]}.`);
  process.exit(2);
}
if (!(Number.isInteger(Number(process.argv[3] ?? 100)) && Number(process.argv[3] ?? 100) >= 1)) {
  console.error(`Expected a number of replicates of 1 or more, found ${process.argv[3]}.`);
  process.exit(2);
}
await ready();
const metrics = await import('../dist/src/domain/metrics/index.js');
const fairness = await import('../dist/src/domain/fairness/index.js');
const statistics = await import('../dist/src/domain/statistics/index.js');

// At a million rows a hundred take Fairlearn minutes; each takes as long as the other.
const FAIRLEARN_REPLICATES = Number(process.argv[3] ?? 100);
const OURS = 10_000;
const ROUNDS = 5;
// As Fairlearn's groups, by sex and then race.
const CELLS = ['f', 'm'].flatMap((sex) =>
  ['a', 'b', 'c', 'd', 'e', 'f'].map((race) => ({ attributes: { race, sex } })),
);

const columns = {
  labels: new Uint8Array(ROWS),
  predictions: new Uint8Array(ROWS),
  scores: new Float64Array(ROWS),
  cellOf: new Uint16Array(ROWS),
};
const random = statistics.seededRandom('peers');
for (let i = 0; i < ROWS; i++) {
  const score = Math.round(random() * 1e6) / 1e6;
  columns.scores[i] = score;
  columns.labels[i] = random() < score ? 1 : 0;
  columns.predictions[i] = score >= 0.5 ? 1 : 0;
  columns.cellOf[i] = Math.floor(random() * CELLS.length);
}

function best(work) {
  let seconds = Infinity;
  let value;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    value = work();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return { value, seconds };
}

const auc = best(() => statistics.aucStatistic(columns.scores, columns.labels));
const all = best(() => {
  const evidence = metrics.buildSplitEvidence({
    ...columns,
    classes: ['0', '1'],
    positive: '1',
    cells: CELLS,
  });
  const numbers = [
    metrics.metricsOf(evidence),
    fairness.groupsOf(evidence),
    fairness.fairnessOf(evidence),
    statistics.cellBootstrap(
      [evidence.groups.flatMap(({ tp, fp, fn, tn }) => [tp, fp, fn, tn])],
      ([drawn]) => drawn[0],
      { method: 'percentile', confidence: 0.95, seed: 'peers', replicates: OURS },
    ),
  ];
  return { evidence, numbers };
});

const shown = (seconds) => `${(seconds * 1000).toFixed(1)} ms`;
console.log(`${ROWS} rows, 12 groups of two attributes; exact AUC with DeLong ${shown(auc.seconds)}`);
console.log(`evidence, metrics, groups, fairness and ${OURS} replicates: ${shown(all.seconds)}`);

const folder = mkdtempSync(join(tmpdir(), 'assay-peers-'));
let peer;
try {
  for (const [name, column] of Object.entries({ ...columns, cells: columns.cellOf }))
    writeFileSync(join(folder, name), column);
  const python = process.env.ASSAY_BENCH_PYTHON ?? 'python3';
  const script = fileURLToPath(new URL('peers.py', import.meta.url));
  peer = spawnSync(python, [script, folder, String(FAIRLEARN_REPLICATES)], { encoding: 'utf8' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (peer.error || peer.status === 3) {
  const why = peer.error?.message ?? peer.stderr.trim();
  console.log(`SKIPPED: no comparison with scikit-learn and Fairlearn (${why})`);
  process.exit(0);
}
if (peer.status !== 0) throw new Error(peer.stderr);
const { versions, auc: theirs, aucSeconds, frameSeconds, bootSeconds, selection } = JSON.parse(peer.stdout);
console.log(`${versions}:`);
console.log(
  `  roc_auc_score ${shown(aucSeconds)}: ${(aucSeconds / auc.seconds).toFixed(1)} x ours with its interval`,
);
console.log(`  MetricFrame of 4 metrics without intervals ${shown(frameSeconds)}`);
console.log(
  `  MetricFrame of 4 metrics, n_boot = ${FAIRLEARN_REPLICATES}: ${bootSeconds.toFixed(2)} s: ${(bootSeconds / all.seconds).toFixed(0)} x all of ours`,
);
const ours = all.value.evidence.groups.map(({ tp, fp, fn, tn }) => (tp + fp) / (tp + fp + fn + tn));
const apart = Math.max(
  Math.abs(theirs - auc.value.auc),
  ...selection.map((rate, i) => Math.abs(rate - ours[i])),
);
console.log(
  `AUC and selection rates differ by ${apart.toExponential(1)} at the most${apart < 1e-12 ? '' : ': WRONG'}`,
);
process.exit(apart < 1e-12 ? 0 : 1);
