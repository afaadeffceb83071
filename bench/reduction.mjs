// `node bench/reduction.mjs [rows]`: evidence and every number of one split from columns in memory, as ratios within one run.
// Prints milliseconds (the best of several rounds), processor time, and ratios; never fails on them.
import { ready } from '../scripts/ready.mjs';

const ROWS = Number(process.argv[2] ?? 1_000_000);
if (!(Number.isInteger(ROWS) && ROWS >= 1000)) {
  console.error(`Expected a number of rows of 1,000 or more, found ${process.argv[2]}.`);
  process.exit(2);
}
await ready();
const metrics = await import('../dist/src/domain/metrics/index.js');
const fairness = await import('../dist/src/domain/fairness/index.js');
const statistics = await import('../dist/src/domain/statistics/index.js');

const ROUNDS = 7;
const CELLS = ['f', 'm'].flatMap((sex) =>
  ['a', 'b', 'c', 'd', 'e', 'f'].map((race) => ({ attributes: { race, sex } })),
);
const SHAPE = { classes: ['0', '1'], positive: '1', cells: CELLS, bins: 15, seed: 0 };

/** Calibrated scores, labels, predictions at one half and cells of sex and race. */
function columnsOf(rows) {
  const random = statistics.seededRandom('bench');
  const columns = {
    labels: new Uint8Array(rows),
    predictions: new Uint8Array(rows),
    scores: new Float64Array(rows),
    cellOf: new Uint16Array(rows),
  };
  for (let i = 0; i < rows; i++) {
    const score = random();
    columns.scores[i] = score;
    columns.labels[i] = random() < score ? 1 : 0;
    columns.predictions[i] = score >= 0.5 ? 1 : 0;
    columns.cellOf[i] = Math.floor(random() * CELLS.length);
  }
  return columns;
}

/** The best of several rounds, in milliseconds: what others do to the machine only ever adds. */
function best(work) {
  let [wall, processor] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    work();
    const { user, system } = process.cpuUsage(used);
    wall = Math.min(wall, performance.now() - start);
    processor = Math.min(processor, (user + system) / 1000);
  }
  return { wall, processor };
}

function reduce(columns) {
  const state = metrics.emptyReduction(SHAPE);
  metrics.addBatch(state, columns);
  return state;
}

const numbersOf = (evidence) => [
  metrics.metricsOf(evidence),
  fairness.groupsOf(evidence),
  fairness.fairnessOf(evidence),
];

/** Replicates over all cells of both attributes: tp, fp, fn, tn of each. The worst accuracy among the cells, say. */
function replicate(evidence, replicates) {
  const counts = evidence.groups.flatMap(({ tp, fp, fn, tn }) => [tp, fp, fn, tn]);
  const worst = ([drawn]) => {
    let least = 1;
    for (let i = 0; i < drawn.length; i += 4)
      least = Math.min(
        least,
        (drawn[i] + drawn[i + 3]) / (drawn[i] + drawn[i + 1] + drawn[i + 2] + drawn[i + 3]),
      );
    return least;
  };
  return statistics.cellBootstrap([counts], worst, {
    method: 'percentile',
    confidence: 0.95,
    seed: 'bench',
    replicates,
  });
}

const whole = (columns, replicates) => {
  const evidence = metrics.finishReduction(reduce(columns));
  numbersOf(evidence);
  replicate(evidence, replicates);
};

function print(what, { wall, processor }, ratios = {}) {
  const compared = Object.entries(ratios).map(([name, ratio]) => `${ratio.toFixed(2)} x ${name}`);
  const times = `${wall.toFixed(1)} ms (processor ${processor.toFixed(1)} ms)`;
  console.log([`${what}: ${times}`, ...compared].join(', '));
}

const columns = columnsOf(ROWS);
const few = columnsOf(Math.max(1000, Math.round(ROWS / 100)));
const start = performance.now();
whole(columns, 10_000);
console.log(
  `${ROWS} rows, 12 cells of two attributes, best of ${ROUNDS} rounds; the first took ${(performance.now() - start).toFixed(1)} ms`,
);

// Floors: what any exact AUC needs at least, and one logarithm a row.
const sort = best(() => columns.scores.slice().sort());
const logarithms = best(() => columns.scores.reduce((sum, score) => sum + Math.log(1e-15 + score), 0));
const all = best(() => whole(columns, 10_000));
const hundred = best(() => whole(columns, 100));
print('evidence, metrics, fairness and 10,000 replicates', all, {
  'a plain sort of the scores': all.processor / sort.processor,
  'one logarithm a row': all.processor / logarithms.processor,
  'the same with 100 replicates (below 2)': all.processor / hundred.processor,
});

const state = reduce(columns);
const evidence = metrics.finishReduction(state);
print(
  '  counts, losses, calibration',
  best(() => reduce(columns)),
);
print(
  '  sort, AUC with DeLong, average precision',
  best(() => metrics.finishReduction(state)),
);
// Every round from evidence that was never read: its draws are not made yet.
print(
  '  metrics with their draws',
  best(() => metrics.metricsOf(structuredClone(evidence))),
);
print(
  '  groups and fairness',
  best(() => [fairness.groupsOf(evidence), fairness.fairnessOf(evidence)]),
);

const auc = best(() => statistics.aucStatistic(columns.scores, columns.labels));
print('exact AUC with DeLong', auc, { 'a plain sort of the scores': auc.processor / sort.processor });

const many = best(() => replicate(evidence, 10_000));
const evidenceOfFew = metrics.finishReduction(reduce(few));
const ofFew = best(() => replicate(evidenceOfFew, 10_000));
print(`10,000 replicates over 48 cells`, many, {
  [`the same of ${few.labels.length} rows`]: many.processor / ofFew.processor,
});

const bytes = metrics.reductionBytes(state);
print(
  `to bytes (${(bytes.length / ROWS).toFixed(1)} a row)`,
  best(() => metrics.reductionBytes(state)),
);
print(
  'from bytes',
  best(() => metrics.reductionFromBytes(bytes)),
);
