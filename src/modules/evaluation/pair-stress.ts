import { digestOf } from '../../domain/canonical/index.js';
import { robustness, withoutIntervals } from '../../domain/generalisation/index.js';
import type { SplitEvidence } from '../../domain/metrics/index.js';
import { literal, type DuckSession } from '../../platform/duckdb/index.js';
import type { BlobStore, SealedFiles } from '../../platform/storage/index.js';
import { openLabels } from '../datasets/index.js';
import { newSalt, type EvaluatedSplit } from './evaluate-split.js';
import { meantBy } from './predictions/words.js';
import { knownLabels, type Protocol } from './protocol.js';

/** Whether there is a split of role stress, and another to pair it with. Rows of numbers are neither right nor wrong. */
export function hasStress(splits: readonly EvaluatedSplit[], { task }: Protocol): boolean {
  const isStress = ({ input }: EvaluatedSplit) => input.role === 'stress';
  return task !== 'regression' && splits.some(isStress) && !splits.every(isStress);
}

/**
 * Pairs each split of role stress with the one other split that has the keys of all its rows, by key, row for row right or wrong. What
 * is found goes to the evidence of the clean split, whose digest is then another. A stress split of which there is no such split, or
 * more than one, is paired with none.
 */
export async function pairStress(
  db: DuckSession,
  { blobs, sealedFiles }: { blobs: BlobStore; sealedFiles: SealedFiles },
  splits: readonly EvaluatedSplit[],
  protocol: Protocol,
): Promise<EvaluatedSplit[]> {
  for (const [i, split] of splits.entries()) {
    const labels = await openLabels(db, { blobs, sealedFiles }, split.input);
    const predictions = await blobs.localPath(split.predictions.digest);
    const { classes, positive } = knownLabels(protocol, split.input);
    await db.run(
      `CREATE TEMP TABLE rows${i} AS SELECT l.key, (CAST(l.label AS VARCHAR) = ${meantBy('p.prediction', classes, positive)})::INTEGER AS hit
       FROM read_parquet(${literal(labels)}) l JOIN read_parquet(${literal(predictions)}) p ON p.key = l.key`,
    );
  }
  const groups = await groupsOf(db, splits);
  const byClean = new Map<number, NonNullable<SplitEvidence['robustness']>>();
  for (const { clean, stress } of groups) {
    const rows = await hits(db, splits[stress[0]!]!.input.rows, [clean, ...stress]);
    const [cleanScores, ...scores] = rows.map((one) => ({ rows: 'the same keys', scores: one }));
    const perturbations = scores.map((one, i) => ({ name: splits[stress[i]!]!.input.split, ...one }));
    const paired = robustness(cleanScores!, perturbations);
    // Their intervals take rows for independent.
    const shown = protocol.cluster === undefined ? paired : withoutIntervals(paired);
    const found = { n: rows[0]!.length, ...shown };
    byClean.set(clean, [...(byClean.get(clean) ?? []), found]);
  }
  return splits.map((split, i) => {
    const found = byClean.get(i);
    if (!found) return split;
    const names = found.flatMap(({ perturbations }) => perturbations.map(({ name }) => name));
    const sealed = splits.some(({ input }) => input.sealed && names.includes(input.split));
    // What rests on sealed rows must not be guessed from a digest.
    const salt = sealed ? { salt: split.evidence.salt ?? newSalt() } : {};
    const evidence = { ...split.evidence, robustness: found, ...salt };
    return { ...split, evidence, evidenceDigest: digestOf(evidence) };
  });
}

/** Clean splits with the stress splits of the very same keys of theirs, by index. */
async function groupsOf(
  db: DuckSession,
  splits: readonly EvaluatedSplit[],
): Promise<{ clean: number; stress: number[] }[]> {
  const groups: { clean: number; stress: number[] }[] = [];
  const indices = splits.map((_, i) => i);
  for (const i of indices.filter((each) => splits[each]!.input.role === 'stress')) {
    const holding: number[] = [];
    for (const j of indices.filter((each) => splits[each]!.input.role !== 'stress'))
      if (await holdsAll(db, j, i)) holding.push(j);
    if (holding.length !== 1) continue;
    const [clean] = holding as [number];
    let group: (typeof groups)[number] | undefined;
    for (const each of groups)
      if (
        each.clean === clean &&
        (await holdsAll(db, each.stress[0]!, i)) &&
        (await holdsAll(db, i, each.stress[0]!))
      )
        group = each;
    if (group) group.stress.push(i);
    else groups.push({ clean, stress: [i] });
  }
  return groups;
}

async function holdsAll(db: DuckSession, holder: number, held: number): Promise<boolean> {
  const [row] = await db.rows<{ without: number }>(
    `SELECT count(*)::DOUBLE AS without FROM rows${held} h ANTI JOIN rows${holder} USING (key)`,
  );
  return row?.without === 0;
}

/** 1 where right, in the order of the last one's keys: one array of shape (rows) for each split. */
async function hits(db: DuckSession, rows: number, splits: readonly number[]): Promise<Uint8Array[]> {
  const columns = splits.map(() => new Uint8Array(rows));
  const [first, ...others] = splits;
  const joins = others.map((i) => `JOIN rows${i} USING (key)`);
  const chunks = db.columns(
    `SELECT ${splits.map((i) => `rows${i}.hit`).join(', ')} FROM rows${first} ${joins.join(' ')} ORDER BY key`,
  );
  let offset = 0;
  for await (const chunk of chunks) {
    columns.forEach((column, i) => column.set(chunk.doubles(i), offset));
    offset += chunk.rowCount;
  }
  if (offset !== rows) throw new Error(`paired ${offset} rows of a stress split of ${rows}`);
  return columns;
}
