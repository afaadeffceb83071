import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROFILE_CATEGORIES, QuantileSketch } from '../../../domain/drift/index.js';
import { AssayConfig } from '../../../platform/config/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { profileSplit } from './profile-split.js';

let home: string;
let duck: Duck;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-profile-'));
  duck = new Duck(AssayConfig.fromEnvironment({ ASSAY_HOME: home }));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const ROWS = 5000;
const COLUMNS = [
  { name: 'whole', type: 'int64', sql: `CASE WHEN i % 7 = 0 THEN NULL ELSE i * 37 % 1009 - 500 END` },
  {
    name: 'real',
    type: 'double',
    sql: `CASE i % 100 WHEN 0 THEN 'inf'::DOUBLE ELSE (i * 37 % 1009) / 7.0 END`,
  },
  {
    name: 'gaps',
    type: 'double',
    sql: `CASE i % 11 WHEN 0 THEN NULL WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN '-inf'::DOUBLE ELSE i / 3.0 END`,
  },
  { name: 'word', type: 'text', sql: `CASE WHEN i % 5 = 0 THEN NULL ELSE 'w' || (i * i % 613) END` },
  { name: 'mixed', type: 'text', sql: `CASE i % 3 WHEN 0 THEN '' WHEN 1 THEN repeat('x', 201) ELSE 'é' END` },
  { name: 'day', type: 'date', sql: `DATE '2024-01-01' + (i % 40)::INT` },
  { name: 'flag', type: 'boolean', sql: `i % 3 = 0` },
  { name: 'nothing', type: 'text', sql: `NULL::VARCHAR` },
];

describe('the profile of a split', () => {
  it('says of each column what counting value by value says', async () => {
    const { profile, values } = await duck.with(async (db) => {
      const list = COLUMNS.map(({ name, sql }) => `${sql} AS ${name}`).join(', ');
      await db.run(`CREATE TABLE split AS SELECT ${list} FROM range(${ROWS}) t(i)`);
      const texts = COLUMNS.map(({ name }) => `CAST(${name} AS VARCHAR) AS ${name}`).join(', ');
      return {
        values: await db.rows<Record<string, string | null>>(`SELECT ${texts} FROM split`),
        profile: await profileSplit(db, 'split', ROWS, COLUMNS, () => Promise.resolve()),
      };
    });
    for (const [i, { name, type }] of COLUMNS.entries()) {
      const column = profile.columns[i]!;
      const present = values.map((row) => row[name]).filter((value) => typeof value === 'string');
      expect(column).toMatchObject({ column: name, type, rows: ROWS, missing: ROWS - present.length });
      if (type === 'int64' || type === 'double') {
        const finite = present.map(Number).filter(Number.isFinite);
        expect(column.categorical).toBeNull();
        expect(column.numeric).toMatchObject({
          sketch: QuantileSketch.of(finite).toJSON(),
          min: Math.min(...finite),
          max: Math.max(...finite),
          notFinite: present.length - finite.length,
        });
        expect(column.numeric!.moments!.n).toBe(finite.length);
        continue;
      }
      const counts = new Map<string, number>();
      for (const value of present) if (value.length <= 200) counts.set(value, (counts.get(value) ?? 0) + 1);
      const top = [...counts]
        .sort(([a, m], [b, n]) => n - m || Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .slice(0, PROFILE_CATEGORIES);
      const lengths = present.map(({ length }) => length);
      const sum = lengths.reduce((total, each) => total + each, 0);
      expect(column.numeric).toBeNull();
      expect(column.categorical).toEqual({
        counts: top,
        others: present.length - top.reduce((total, [, n]) => total + n, 0),
        lengths: present.length > 0 ? { min: Math.min(...lengths), max: Math.max(...lengths), sum } : null,
      });
    }
  });
});
