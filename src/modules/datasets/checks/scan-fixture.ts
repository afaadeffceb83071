import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  otherProblems,
  planCheck,
  suggestRules,
  type CheckedColumn,
  type CheckFinding,
  type CheckOutcome,
  type CheckRequest,
  type ValidationRule,
} from '../../../domain/quality/index.js';
import { DuckSession, literal } from '../../../platform/duckdb/index.js';
import { loadRows } from './load-rows.js';
import type { ScannedVersion } from './other-version.js';
import { runScan } from './run-scan.js';
import { measureColumns } from './suggest/measure-columns.js';
import { writeFindings } from './write-findings.js';

const TYPES: Record<string, CheckedColumn['type']> = {
  BIGINT: 'int64',
  DOUBLE: 'double',
  VARCHAR: 'text',
  DATE: 'date',
  BOOLEAN: 'boolean',
  'TIMESTAMP WITH TIME ZONE': 'timestamp',
  TIMESTAMP: 'timestamp_naive',
};

export interface ScanFixture {
  /** SQL by split, in order. */
  splits: Record<string, string>;
  roles?: Record<string, CheckedColumn['role']>;
  sealed?: string[];
  /** Splits that lost rows. */
  erased?: string[];
  /** The version that the question reads beside this one. */
  other?: ScanFixture;
  /** SQL of the file that the question reads, or its text as CSV. */
  file?: { sql: string } | { csv: string };
}

export interface Scanned extends CheckOutcome {
  findings: CheckFinding[];
  first: CheckFinding[];
}

/** A check over splits that DuckDB makes, as its job runs it. */
export function scanned(fixture: ScanFixture, request: CheckRequest): Promise<Scanned> {
  return inScratch(async (db) => {
    const { columns, splits: files } = await written(db, fixture, 'this');
    const other = fixture.other ? await written(db, fixture.other, 'other') : null;
    const planned = planCheck(request, { columns, splits: files });
    if (!planned.ok) throw new Error(JSON.stringify(planned));
    const problems = other ? otherProblems(planned.question, { columns, splits: files }, other) : [];
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    const keyed = columns.find(({ role }) => role === 'key');
    const path = join(db.scratch, 'uploaded');
    if (fixture.file)
      await ('csv' in fixture.file
        ? writeFile(path, fixture.file.csv)
        : db.run(`COPY (${fixture.file.sql}) TO ${literal(path)} (FORMAT parquet)`));
    const file = fixture.file && keyed ? { path, key: keyed } : null;
    const of = planned.question.splits.map((name) => files.find((one) => one.name === name)!);
    const scan = await loadRows(db, of, keyed?.name ?? null, planned.reads);
    const outcome = await runScan(scan, { ...planned, columns, other, file });
    const { path: found, first } = await writeFindings(scan);
    const lines = found === null ? [] : (await readFile(found, 'utf8')).trim().split('\n');
    return { ...outcome, first, findings: lines.map((line) => JSON.parse(line) as CheckFinding) };
  });
}

/** Rules that are suggested for all splits together, as the job derives them. */
export function suggestedFor(fixture: ScanFixture): Promise<ValidationRule[]> {
  return inScratch(async (db) => {
    const { columns, splits } = await written(db, fixture, 'this');
    return suggestRules(await measureColumns(db, splits, columns, () => Promise.resolve()));
  });
}

async function inScratch<T>(work: (db: DuckSession) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'assay-checks-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`SET TimeZone = 'UTC'`);
    return await work(new DuckSession(connection, scratch));
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Its splits as public Parquet files. */
async function written(
  db: DuckSession,
  { splits, roles = {}, sealed = [], erased = [] }: ScanFixture,
  name: string,
): Promise<ScannedVersion> {
  const files: ScannedVersion['splits'][number][] = [];
  let columns: CheckedColumn[] = [];
  for (const [split, sql] of Object.entries(splits)) {
    const file = join(db.scratch, `${name}-${split}.parquet`);
    const label = Object.keys(roles).find((column) => roles[column] === 'label');
    const described = await db.rows<{ column_name: string; column_type: string }>(`DESCRIBE ${sql}`);
    if (columns.length === 0)
      columns = described.map(({ column_name: column, column_type: type }) => ({
        name: column,
        type: TYPES[type]!,
        role: roles[column] ?? 'feature',
      }));
    const shown = sealed.includes(split) && label ? `SELECT * EXCLUDE ("${label}") FROM (${sql})` : sql;
    await db.run(`COPY (${shown}) TO ${literal(file)} (FORMAT parquet)`);
    const from = `read_parquet(${literal(file)})`;
    const [count] = await db.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${from}`);
    files.push({ name: split, from, rows: count!.n, sealed: sealed.includes(split) });
  }
  return { datasetVersionId: name, ref: `${name}@1`, contentId: name, columns, splits: files, erased };
}
