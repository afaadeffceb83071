import { confidentLearning } from '../../../../domain/agreement/index.js';
import { notDefined, outcomeOf, type CheckOutcome } from '../../../../domain/quality/index.js';
import { literal } from '../../../../platform/duckdb/index.js';
import { loadFile, type ScannedFile } from '../join-file.js';
import { failingRows, type Scan } from '../load-rows.js';

interface ClassColumn {
  class: string;
  column: string;
}

/** Probabilities that fit no memory are not judged. */
const MAX_VALUES = 2e8;

/** Rows whose label is not the class of which the model is confident, in each split by itself. */
export async function scanLabelErrors(
  scan: Scan,
  label: string,
  probabilities: readonly ClassColumn[],
  file: ScannedFile | null,
): Promise<CheckOutcome> {
  const { db, splits } = scan;
  const columns = probabilities.map(({ column }, i) =>
    file === null ? `CAST(${scan.column(column)} AS DOUBLE)` : `f${i}`,
  );
  const names = probabilities.map(({ column }) => column);
  if (file !== null) await loadFile(db, file, splits[0]!.name, names);
  const from = file === null ? 'rows' : 'rows JOIN given ON rows.key = given.key';
  const bySplit: Record<string, unknown> = {};
  let total = 0;
  for (const [position, { name, rows }] of splits.entries()) {
    if (rows * columns.length > MAX_VALUES)
      return notDefined('rows', `${name} has more than ${MAX_VALUES} probabilities`);
    const read = await readSplit(scan, { from, position }, label, probabilities, columns);
    if (typeof read === 'string') return notDefined('rows', `${name}: ${read}`);
    const { labels, given, places } = read;
    const found = confidentLearning(labels, given, columns.length);
    total += labels.length;
    bySplit[name] = {
      estimated: found.estimated,
      unrounded: found.unrounded,
      uncalibrated: found.uncalibrated,
      thresholds: found.thresholds.map((one) => (Number.isNaN(one) ? null : one)),
      calibrated: found.calibratedCounts,
    };
    await db.run('CREATE OR REPLACE TABLE suspect (row BIGINT, detail VARCHAR)');
    for (let i = 0; i < found.suspects.length; i += BATCH) {
      const values = found.suspects.slice(i, i + BATCH).map(({ item, given: was, suggested }) => {
        const [one, other] = [probabilities[was]!.class, probabilities[suggested]!.class];
        return `(${places[item]}, ${literal(`labelled ${one}, confident of ${other}`)})`;
      });
      await db.run(`INSERT INTO suspect VALUES ${values.join(', ')}`);
    }
    await db.run(
      `INSERT INTO finding SELECT r.split, r.row, r.key, NULL, NULL, NULL, NULL, s.detail, 'error'
       FROM suspect s JOIN rows r ON r.row = s.row AND r.split = ${position}`,
    );
  }
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), total },
    'have another label than the class that the model is confident of',
    { bySplit },
  );
}

const BATCH = 1_000;

/** Labels as positions among the classes, and their probabilities; or why they are none. */
async function readSplit(
  { db, column }: Scan,
  { from, position: split }: { from: string; position: number },
  label: string,
  classes: readonly ClassColumn[],
  columns: readonly string[],
): Promise<{ labels: Int32Array; given: Float64Array[]; places: number[] } | string> {
  const position = new Map(classes.map(({ class: name }, i) => [name, i]));
  const [labels, given, places]: [number[], Float64Array[], number[]] = [[], [], []];
  const sql = `SELECT row::DOUBLE, CAST(${column(label)} AS VARCHAR), ${columns.join(', ')} FROM ${from}
    WHERE split = ${split} AND ${column(label)} IS NOT NULL ORDER BY row`;
  for await (const chunk of db.columns(sql)) {
    const [rows, names] = [chunk.doubles(0).slice(), chunk.texts(1)];
    const values = columns.map((_, i) => chunk.doubles(i + 2).slice());
    for (let i = 0; i < chunk.rowCount; i++) {
      const at = position.get(names[i]!);
      if (at === undefined)
        return `the label ${JSON.stringify(names[i]!.slice(0, 60))} has no column of probabilities`;
      const row = Float64Array.from(values, (of) => of[i]!);
      const sum = row.reduce((a, b) => a + b, 0);
      if (row.some((p) => !(p >= 0 && p <= 1)) || Math.abs(sum - 1) > SUM_TOLERANCE)
        return `the probabilities of row ${rows[i]} are none: they sum to ${sum}`;
      labels.push(at);
      given.push(row);
      places.push(rows[i]!);
    }
  }
  return labels.length === 0 ? 'no row has a label' : { labels: Int32Array.from(labels), given, places };
}

/** Probabilities are often written with few digits. */
const SUM_TOLERANCE = 0.01;
