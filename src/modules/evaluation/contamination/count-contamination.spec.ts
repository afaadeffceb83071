import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { DuckSession, literal } from '../../../platform/duckdb/index.js';
import { countContamination, type ReadSplit } from './count-contamination.js';
import type { ContaminationFinding } from './contamination.view.js';

const DATA = new URL('../../../../../shared/data/', import.meta.url).pathname;
const present = existsSync(DATA);
if (!present) console.error(`SKIPPED: counts on public data sets need ${DATA}`);

const TYPES: Record<string, ReadSplit['columns'][number]['type']> = {
  BIGINT: 'int64',
  INTEGER: 'int64',
  DOUBLE: 'double',
  VARCHAR: 'text',
  DATE: 'date',
  BOOLEAN: 'boolean',
  TIMESTAMP: 'timestamp_naive',
};

interface Fixture {
  sql: string;
  roles?: Record<string, string>;
  sealed?: boolean;
}

/** Counts of the first split's rows in the others, each made by its SQL. */
async function counted(...fixtures: Fixture[]) {
  const scratch = await mkdtemp(join(tmpdir(), 'assay-contamination-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const db = new DuckSession(connection, scratch);
    const splits: ReadSplit[] = [];
    for (const [i, { sql, roles = {}, sealed = false }] of fixtures.entries()) {
      const file = join(scratch, `${i}.parquet`);
      const described = await db.rows<{ column_name: string; column_type: string }>(`DESCRIBE ${sql}`);
      const columns = described.map(({ column_name: name, column_type: type }) => ({
        name,
        type: TYPES[type]!,
        role: roles[name] ?? 'feature',
      }));
      const label = columns.find(({ role }) => role === 'label')?.name;
      const shown = sealed && label ? `SELECT * EXCLUDE ("${label}") FROM (${sql})` : sql;
      await db.run(`COPY (${shown}) TO ${literal(file)} (FORMAT parquet)`);
      const [count] = await db.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM (${sql})`);
      splits.push({
        datasetVersionId: `v${i}`,
        split: `s${i}`,
        rows: count!.n,
        from: `read_parquet(${literal(file)})`,
        sealed,
        columns,
      });
    }
    const [test, ...sources] = splits as [ReadSplit, ...ReadSplit[]];
    const { outcome, findings } = await countContamination(db, test, sources);
    const lines = findings === null ? '' : await readFile(findings, 'utf8');
    const found = lines
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ContaminationFinding);
    return { ...outcome, findings: found };
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(scratch, { recursive: true });
  }
}

const values = (names: string, ...rows: string[]) => `SELECT * FROM (VALUES ${rows.join(', ')}) t(${names})`;
const ROLES = { id: 'key', y: 'label', who: 'group' };
const TEST: Fixture = {
  sql: values(
    'id, a, b, who, y',
    `('t1', 1, 'x', 'ann', 0)`,
    `('t2', 2, 'x', 'bob', 0)`,
    `('t3', 3, NULL, 'eve', 1)`,
  ),
  roles: ROLES,
  sealed: true,
};

describe('rows of a tested split in training data', () => {
  it('are counted whatever their keys and sealed labels, once however often and wherever they stand', async () => {
    const found = await counted(
      TEST,
      {
        sql: values('id, a, b, who, y', `('k1', 1, 'x', 'ann', 1)`, `('k2', 1, 'x', 'ann', 0)`),
        roles: ROLES,
      },
      { sql: values('y, who, b, a', `(0, 'ann', 'x', 1)`, `(0, 'eve', NULL, 3)`), roles: { y: 'label' } },
    );
    expect(found).toMatchObject({ total: 3, rows: 2, possible: 2, entities: 2, incomparable: 0 });
    expect(found.sources.map(({ rows, keys, withLabel }) => [rows, keys, withLabel])).toEqual([
      [1, 0, false],
      [2, null, false],
    ]);
    expect(found.findings.filter(({ kind }) => kind === 'row')).toEqual([
      { row: 1, key: 't1', kind: 'row', datasetVersionId: 'v1', split: 's1', otherRow: 1, otherKey: 'k1' },
      { row: 1, key: 't1', kind: 'row', datasetVersionId: 'v2', split: 's2', otherRow: 1, otherKey: null },
      { row: 3, key: 't3', kind: 'row', datasetVersionId: 'v2', split: 's2', otherRow: 2, otherKey: null },
    ]);
  });

  it('are only possibly there where a column is missing, and cannot be told without a common one', async () => {
    const found = await counted(
      TEST,
      { sql: values('a, b', `(1, 'x')`, `(3, NULL)`) },
      { sql: values('z, y', '(1, 2)'), roles: { y: 'label' } },
    );
    expect(found).toMatchObject({ rows: 0, possible: 2, entities: null, incomparable: 1 });
    expect(found.sources).toMatchObject([
      { rows: 2, comparedColumns: 2, missingColumns: ['who'] },
      { rows: null, comparedColumns: 0, missingColumns: ['a', 'b', 'who'] },
    ]);
  });

  it('are the same number whichever type the version gave it; the label tells open rows apart', async () => {
    const open = { roles: { y: 'label' } };
    const found = await counted(
      { sql: values('a, y', '(1, true)', '(2, true)', '(3, false)'), ...open },
      { sql: values('a, y', '(1.0::DOUBLE, true)', '(2.5::DOUBLE, true)', '(3.0::DOUBLE, true)'), ...open },
    );
    expect(found).toMatchObject({ rows: 1, sources: [{ withLabel: true }] });
  });

  it.each([
    ['numbers and texts', '1.5::DOUBLE', "'1.50'"],
    ['dates and instants', "DATE '2026-01-02'", "TIMESTAMP '2026-01-02'"],
    ['truth values and numbers', 'true', '1'],
  ])(
    'are not told apart by %s, which may be the same values: they are possibly there',
    async (_name, a, b) => {
      const found = await counted(
        { sql: values('a, b, who', `(${a}, 'x', ${a})`), roles: { who: 'group' } },
        { sql: values('a, b, who', `(${b}, 'x', ${b})`), roles: { who: 'group' } },
      );
      expect(found).toMatchObject({ rows: 0, possible: 1, entities: null, incomparable: 0 });
      expect(found.sources).toMatchObject([{ comparedColumns: 1, missingColumns: ['a', 'who'] }]);
    },
  );

  // STATISTICS: 23 rows of Adult's test stand exactly in its train.
  it.skipIf(!present)('of Adult: 23, and 26 whatever their labels', async () => {
    const names = Array.from(
      { length: 15 },
      (_, i) => `trim(column${String(i).padStart(2, '0')}, ' .') AS c${i}`,
    );
    const part = (name: string): Fixture => ({
      sql: `SELECT ${names.join(', ')} FROM read_csv('${DATA}adult/adult-${name}.csv', header = false, all_varchar = true)`,
      roles: { c14: 'label' },
    });
    const found = await counted(part('test'), part('train'));
    expect(found).toMatchObject({ total: 16_281, rows: 23, possible: 23 });
    expect(found.findings).toHaveLength(23);
    // ADR 5: 26 by features alone, as where the test is sealed.
    const sealed = await counted({ ...part('test'), sealed: true }, part('train'));
    expect(sealed).toMatchObject({ rows: 26, sources: [{ comparedColumns: 14, withLabel: false }] });
  });
});
