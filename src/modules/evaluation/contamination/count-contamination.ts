import { join } from 'node:path';
import {
  comparedColumns,
  type ComparedColumns,
  type ComparedSplit,
  type ContaminationOutcome,
  type SourceCount,
} from '../../../domain/contamination/index.js';
import type { ColumnType } from '../../../domain/canonical/index.js';
import { type DuckSession, identifier, literal } from '../../../platform/duckdb/index.js';

/** A split, and SQL for a FROM clause that reads its public columns, among which a sealed label does not stand. */
export interface ReadSplit extends ComparedSplit {
  datasetVersionId: string;
  split: string;
  rows: number;
  from: string;
}

export interface CountedContamination {
  outcome: ContaminationOutcome;
  /** JSON lines {row, key, kind, datasetVersionId, split, otherRow, otherKey}, in the order of rows; null where there are none. */
  findings: string | null;
}

/**
 * How many rows of `test` stand in splits that were trained on, by the columns that both have, and how many are of an entity
 * that stands there. Table `hit` has one row for each of them and each source.
 */
export async function countContamination(
  db: DuckSession,
  test: ReadSplit,
  sources: readonly ReadSplit[],
  progress: (done: number) => Promise<void> = async () => {},
): Promise<CountedContamination> {
  await db.run(
    'CREATE TABLE hit (row BIGINT, key VARCHAR, source INTEGER, kind VARCHAR, other_row BIGINT, other_key VARCHAR)',
  );
  const counts: SourceCount[] = [];
  for (const [i, source] of sources.entries()) {
    await progress(i / sources.length);
    counts.push(await countSource(db, test, source, i));
  }
  const complete = counts.flatMap(({ rows, missingColumns }, i) =>
    rows !== null && missingColumns.length === 0 ? i : [],
  );
  const outcome: ContaminationOutcome = {
    total: test.rows,
    rows: await rowsHit(db, `kind = 'row' AND source IN (${[-1, ...complete].join(', ')})`),
    possible: await rowsHit(db, `kind = 'row'`),
    entities: counts.every(({ entities }) => entities !== null) ? await rowsHit(db, `kind = 'entity'`) : null,
    incomparable: counts.filter(({ rows }) => rows === null).length,
    sources: counts,
  };
  return { outcome, findings: await writeHits(db, sources) };
}

async function countSource(
  db: DuckSession,
  test: ReadSplit,
  source: ReadSplit,
  position: number,
): Promise<SourceCount> {
  const columns = comparedColumns(test, source);
  const { shared, missing, withLabel, key, entity } = columns;
  if (shared.length > 0) await findEqual(db, test, source, position, 'row', printsOf(columns));
  if (entity !== null) await findEqual(db, test, source, position, 'entity', entityOf(entity, test, source));
  const hits = (kind: string) => rowsHit(db, `kind = '${kind}' AND source = ${position}`);
  return {
    datasetVersionId: source.datasetVersionId,
    split: source.split,
    rows: shared.length > 0 ? await hits('row') : null,
    comparedColumns: shared.length,
    missingColumns: missing,
    withLabel,
    keys: key === null ? null : await keysIn(db, test, source, key),
    entities: entity === null ? null : await hits('entity'),
  };
}

/** Rows of the tested split whose text stands in the source, each with the first row there; null equals nothing. */
async function findEqual(
  db: DuckSession,
  test: ReadSplit,
  source: ReadSplit,
  position: number,
  kind: 'row' | 'entity',
  texts: { test: string; training: string },
): Promise<void> {
  const rowsOf = (split: ReadSplit, text: string) =>
    `(SELECT row_number() OVER () AS row, ${keyText(split)} AS key, ${text} AS text FROM ${split.from})`;
  await db.run(
    `INSERT INTO hit SELECT t.row, t.key, ${position}, '${kind}', s.row, s.key FROM ${rowsOf(test, texts.test)} t
     JOIN (SELECT text, min(row) AS row, arg_min(key, row) AS key FROM ${rowsOf(source, texts.training)} GROUP BY text) s ON s.text = t.text`,
  );
}

function printsOf({ shared }: ComparedColumns): { test: string; training: string } {
  return {
    test: print(shared.map((column) => valueText(column.name, column.test, column.training))),
    training: print(shared.map((column) => valueText(column.name, column.training, column.test))),
  };
}

function entityOf(name: string, test: ReadSplit, source: ReadSplit): { test: string; training: string } {
  const [own, other] = [test, source].map(
    ({ columns }) => columns.find((column) => column.name === name)!.type,
  ) as [ColumnType, ColumnType];
  return { test: valueText(name, own, other), training: valueText(name, other, own) };
}

/** SHA-256 over texts as a JSON list, in which null and every text differ. */
const print = (texts: readonly string[]) => `sha256(to_json([${texts.join(', ')}])::VARCHAR)`;

/** A value as text: numbers of either type are the same number. Other types are the same in both. */
function valueText(name: string, own: ColumnType, other: ColumnType): string {
  return own !== other
    ? `CAST(CAST(${identifier(name)} AS DOUBLE) AS VARCHAR)`
    : `CAST(${identifier(name)} AS VARCHAR)`;
}

function keyText({ columns }: ReadSplit): string {
  const key = columns.find(({ role }) => role === 'key');
  return key ? `CAST(${identifier(key.name)} AS VARCHAR)` : 'NULL::VARCHAR';
}

async function keysIn(db: DuckSession, test: ReadSplit, source: ReadSplit, key: string): Promise<number> {
  const keys = (split: ReadSplit) => `SELECT CAST(${identifier(key)} AS VARCHAR) AS key FROM ${split.from}`;
  const [found] = await db.rows<{ n: number }>(
    `SELECT count(*)::DOUBLE AS n FROM (${keys(test)}) SEMI JOIN (${keys(source)}) s USING (key)`,
  );
  return found!.n;
}

async function rowsHit(db: DuckSession, where: string): Promise<number> {
  const [found] = await db.rows<{ n: number }>(
    `SELECT count(DISTINCT row)::DOUBLE AS n FROM hit WHERE ${where}`,
  );
  return found!.n;
}

async function writeHits(db: DuckSession, sources: readonly ReadSplit[]): Promise<string | null> {
  const [found] = await db.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM hit');
  if (found!.n === 0) return null;
  const of = (text: (source: ReadSplit) => string) =>
    `CASE source ${sources.map((source, i) => `WHEN ${i} THEN ${literal(text(source))}`).join(' ')} END`;
  const path = join(db.scratch, 'contamination.jsonl');
  await db.run(
    `COPY (SELECT row, key, kind, ${of(({ datasetVersionId }) => datasetVersionId)} AS "datasetVersionId",
       ${of(({ split }) => split)} AS split, other_row AS "otherRow", other_key AS "otherKey"
     FROM hit ORDER BY row, kind DESC, source) TO ${literal(path)} (FORMAT json)`,
  );
  return path;
}
