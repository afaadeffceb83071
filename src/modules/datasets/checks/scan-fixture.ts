import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  planCheck,
  type CheckedColumn,
  type CheckFinding,
  type CheckOutcome,
  type CheckRequest,
} from '../../../domain/quality/index.js';
import { DuckSession, literal } from '../../../platform/duckdb/index.js';
import { loadRows } from './load-rows.js';
import { runScan } from './run-scan.js';
import { writeFindings } from './write-findings.js';

const TYPES: Record<string, CheckedColumn['type']> = {
  BIGINT: 'int64',
  DOUBLE: 'double',
  VARCHAR: 'text',
  DATE: 'date',
  BOOLEAN: 'boolean',
};

export interface ScanFixture {
  /** SQL by split, in order. */
  splits: Record<string, string>;
  roles?: Record<string, CheckedColumn['role']>;
  sealed?: string[];
}

export interface Scanned extends CheckOutcome {
  findings: CheckFinding[];
  first: CheckFinding[];
}

/** A check over splits that DuckDB makes, as its job runs it. */
export async function scanned(
  { splits, roles = {}, sealed = [] }: ScanFixture,
  request: CheckRequest,
): Promise<Scanned> {
  const scratch = await mkdtemp(join(tmpdir(), 'assay-checks-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const db = new DuckSession(connection, scratch);
    const files: { name: string; from: string; rows: number; sealed: boolean }[] = [];
    let columns: CheckedColumn[] = [];
    for (const [name, sql] of Object.entries(splits)) {
      const file = join(scratch, `${name}.parquet`);
      const label = Object.keys(roles).find((column) => roles[column] === 'label');
      const described = await db.rows<{ column_name: string; column_type: string }>(`DESCRIBE ${sql}`);
      if (columns.length === 0)
        columns = described.map(({ column_name: column, column_type: type }) => ({
          name: column,
          type: TYPES[type]!,
          role: roles[column] ?? 'feature',
        }));
      const shown = sealed.includes(name) && label ? `SELECT * EXCLUDE ("${label}") FROM (${sql})` : sql;
      await db.run(`COPY (${shown}) TO ${literal(file)} (FORMAT parquet)`);
      const from = `read_parquet(${literal(file)})`;
      const [count] = await db.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${from}`);
      files.push({ name, from, rows: count!.n, sealed: sealed.includes(name) });
    }
    const planned = planCheck(request, { columns, splits: files });
    if (!planned.ok) throw new Error(JSON.stringify(planned));
    const key = columns.find(({ role }) => role === 'key')?.name ?? null;
    const of = planned.question.splits.map((name) => files.find((file) => file.name === name)!);
    const scan = await loadRows(db, of, key, planned.reads);
    const outcome = await runScan(scan, { ...planned, columns });
    const { path, first } = await writeFindings(scan);
    const lines = path === null ? [] : (await readFile(path, 'utf8')).trim().split('\n');
    return { ...outcome, first, findings: lines.map((line) => JSON.parse(line) as CheckFinding) };
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(scratch, { recursive: true, force: true });
  }
}
