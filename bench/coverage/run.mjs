// `node bench/coverage/run.mjs [--runs 10000] [--pairs 2000] [--only WORD]`: how often intervals hold the truth and verdicts are
// wrong, by simulation, against the bands that are asked of them, give or take three Monte Carlo standard errors.
// One line a band: what, n, coverage (or share of runs), band, ok. Seeds are the lines' own names. Exits 1 when a band is left.
import { parseArgs } from 'node:util';
import { ready } from '../../scripts/ready.mjs';
import { aucBands } from './auc.mjs';
import { calibrationBands } from './calibration.mjs';
import { gapBands } from './gaps.mjs';
import { holdoutBands } from './holdout.mjs';
import { proportionBands } from './proportions.mjs';
import { sequenceBands } from './sequences.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    pairs: { type: 'string', default: '2000' },
    only: { type: 'string', default: '' },
  },
});
const runs = Number(values.runs);
const pairs = Number(values.pairs);
if (!(Number.isInteger(runs) && runs >= 1 && Number.isInteger(pairs) && pairs >= 1)) {
  console.error(
    `--runs and --pairs must be integers of 1 or more, found ${values.runs} and ${values.pairs}.`,
  );
  process.exit(2);
}
await ready();

const domain = {
  statistics: await import('../../dist/src/domain/statistics/index.js'),
  fairness: await import('../../dist/src/domain/fairness/index.js'),
  sequences: await import('../../dist/src/domain/sequences/index.js'),
  holdout: await import('../../dist/src/domain/holdout/index.js'),
  attacks: await import('../../dist/src/domain/holdout/attack-fixtures.js'),
};
const bands = [proportionBands, aucBands, gapBands, calibrationBands, sequenceBands, holdoutBands]
  .flatMap((make) => make(domain))
  .filter(({ what }) => what.includes(values.only));
if (bands.length === 0) {
  console.error(`No band has ${JSON.stringify(values.only)} in its name.`);
  process.exit(2);
}

console.log(
  `${runs} runs (${pairs} of AUC pairs), generator ${domain.statistics.RANDOM_KIND}, seed "coverage/<what>/<n>"`,
);
const left = bands.map(measure).filter((ok) => !ok).length;
console.log(`${bands.length} bands, ${left} left`);
process.exitCode = left > 0 ? 1 : 0;

/** A band: `what`, `n`, [low, high], `trial(random)`: whether this run counts; `paired` ones have runs of their own. */
function measure({ what, n, band: [low, high], trial, paired = false, note }) {
  const random = domain.statistics.seededRandom(`coverage/${what}/${n}`);
  const count = paired ? pairs : runs;
  let counted = 0;
  for (let run = 0; run < count; run++) if (trial(random)) counted++;
  const share = counted / count;
  const slack = (edge) => 3 * Math.sqrt((edge * (1 - edge)) / count);
  const ok = share >= low - slack(low) && share <= high + slack(high);
  const shown = `${what}, n=${n}: ${share.toFixed(4)} [${low}, ${high}] ${ok ? 'ok' : 'LEFT'}`;
  console.log(note ? `${shown} (${note()})` : shown);
  return ok;
}
