import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../domain/canonical/index.js';
import { AssayConfig } from '../../../platform/config/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import type { RowsFile } from '../ingest/rows-file.js';
import { readProvenance } from './read-provenance.js';
import { lookupOf } from './subject-keys.js';

const KEY = Buffer.alloc(32, 7);
let folder: string;
let duck: Duck;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-provenance-'));
  duck = new Duck(AssayConfig.fromEnvironment({ ASSAY_HOME: folder }));
});
afterAll(() => rm(folder, { recursive: true }));

type Row = [person: string | null, origin: string | null];

const literal = (value: string | null) => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`);

/** Splits of rows as a push has read them: all texts, numbered from 1. */
function read(splits: Record<string, Row[]>, type: ColumnType = 'text', withdrawn: string[] = []) {
  const columns: DatasetColumn[] = [
    { name: 'person', type, role: 'feature' },
    { name: 'origin', type: 'text', role: 'feature' },
  ];
  const files = Object.entries(splits).map(([name, rows]) => {
    const values = rows.map(([person, origin], i) => `(${i + 1}, ${literal(person)}, ${literal(origin)})`);
    const from = `(SELECT row, c0::VARCHAR AS c0, c1::VARCHAR AS c1 FROM (VALUES ${values.join(', ')}) t(row, c0, c1))`;
    return { from, rows: rows.length, split: { name } } as RowsFile;
  });
  const terms = {
    key: KEY,
    withdrawn: new Set(withdrawn.map((subject) => lookupOf(KEY, subject).toString('hex'))),
  };
  return duck.with((db) =>
    readProvenance(db, files, columns, { sourceColumn: 'origin', subject: 'person' }, terms),
  );
}

const refusal = async (...args: Parameters<typeof read>) => {
  try {
    await read(...args);
  } catch (error) {
    return error as { code: string; message: string; details: object };
  }
  throw new Error('was taken');
};

describe('the provenance of rows', () => {
  it('is how many rows each split has of each source and each subject, whose names are nowhere', async () => {
    const { sources, subjects } = await read({
      train: [
        ['ann', 'web'],
        ["bo'b", 'web'],
        ['ann', 'shop'],
        [null, 'shop'],
      ],
      test: [
        ['ann', 'web'],
        ['Ann', 'web'],
      ],
    });
    expect(Object.fromEntries(sources!.rows)).toEqual({ web: { train: 2, test: 2 }, shop: { train: 2 } });
    expect(subjects!.rowsWithout).toBe(1);
    const counts = subjects!.splits.map(({ split, lookups, rows }) => [
      split,
      Object.fromEntries(lookups.map((lookup, i) => [lookup.toString('hex'), rows[i]])),
    ]);
    const of = (subject: string) => lookupOf(KEY, subject).toString('hex');
    expect(counts).toEqual([
      ['train', { [of('ann')]: 2, [of("bo'b")]: 1 }],
      ['test', { [of('ann')]: 1, [of('Ann')]: 1 }],
    ]);
    expect(JSON.stringify(subjects)).not.toContain('ann');
  });

  it('knows a number by the text that people write', async () => {
    const { subjects } = await read({ train: [['17', 'web']] }, 'int64');
    expect(subjects!.splits[0]!.lookups).toEqual([lookupOf(KEY, '17')]);
  });

  it('refuses rows of withdrawn subjects by their numbers', async () => {
    const rows: Row[] = ['x', 'ann', 'y', 'ann', 'bob', 'z'].map((person) => [person, 'web']);
    const error = await refusal({ train: rows }, 'text', ['ann', 'bob', 'nobody']);
    expect(error).toMatchObject({
      code: 'SUBJECT_WITHDRAWN',
      details: { split: 'train', count: 3, rows: [2, 4, 5] },
    });
    expect(JSON.stringify([error.message, error.details])).not.toMatch(/ann|bob/);
  });

  it.each<ColumnType>(['double', 'boolean', 'date', 'timestamp'])(
    'refuses subjects of type %s',
    async (type) => {
      expect(await refusal({ train: [['1', 'web']] }, type)).toMatchObject({ code: 'SUBJECT_TYPE' });
    },
  );

  it('refuses rows that come from nowhere, and columns that name no sources', async () => {
    expect(
      await refusal({
        train: [
          ['a', 'web'],
          ['b', null],
        ],
      }),
    ).toMatchObject({
      code: 'SOURCE_EMPTY',
      details: { rows: [2], count: 1 },
    });
    const many = Array.from({ length: 1001 }, (_, i): Row => ['a', `row ${i}`]);
    expect(await refusal({ train: many })).toMatchObject({ code: 'SOURCES_TOO_MANY' });
  });
});
