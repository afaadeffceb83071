import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scanned, suggestedFor, type ScanFixture } from '../scan-fixture.js';

const GERMAN = new URL('../../../../../../shared/data/german/german.csv', import.meta.url).pathname;
const present = existsSync(GERMAN);
if (!present) console.error(`SKIPPED: rules of German credit need ${GERMAN}`);

const all = `SELECT 'k' || i AS id, i AS n, (i / 10 - 5)::DOUBLE AS x, CASE WHEN i % 7 = 0 THEN NULL ELSE 'c''' || (i % 3) END AS kind,
  'text ' || i AS note, i % 2 = 0 AS flag, DATE '2024-02-28' + i::INTEGER AS day,
  TIMESTAMPTZ '2024-01-01 00:00:00.000001+02' + to_hours(i) AS at, TIMESTAMP '2024-01-01 12:00:00' + to_seconds(i) AS wall,
  CASE WHEN i = 0 THEN 'inf'::DOUBLE ELSE i END AS wild, 9007199254740990 + i AS huge, NULL::VARCHAR AS empty,
  i // 2 AS pairs FROM range(120) t(i)`;
const fixture: ScanFixture = {
  splits: { train: all, test: `SELECT * FROM (${all}) LIMIT 110` },
  roles: { id: 'key' },
};
const asked = (rules: object[]) => ({ check: 'rules', parameters: { rules } });

describe('suggested rules', () => {
  it('say what the version keeps of each column, and guess no more', async () => {
    const rules = await suggestedFor(fixture);
    const of = (column: string) =>
      Object.fromEntries(
        rules.flatMap(({ column: on, test, min, max, values, type }) =>
          on === column ? [[test, type ?? values ?? (min === undefined ? true : [min, max])]] : [],
        ),
      );
    expect(of('id')).toEqual({ type: 'text', notNull: true, unique: true });
    expect(of('n')).toEqual({ type: 'int64', notNull: true, range: [0, 119], unique: true });
    expect(of('x')).toEqual({ type: 'double', notNull: true, range: [-5, expect.closeTo(6.9, 12)] });
    expect(of('kind')).toEqual({ type: 'text', in: ["c'0", "c'1", "c'2"] });
    expect(of('note')).toEqual({ type: 'text', notNull: true, unique: true });
    expect(of('flag')).toEqual({ type: 'boolean', notNull: true });
    expect(of('day')).toEqual({ type: 'date', notNull: true, range: ['2024-02-28', '2024-06-26'] });
    expect(of('at').range).toEqual(['2023-12-31T22:00:00.000001Z', '2024-01-05T21:00:00.000001Z']);
    expect(of('wall').range).toEqual(['2024-01-01T12:00:00.000000', '2024-01-01T12:01:59.000000']);
    // Not finite, not written exactly, nothing at all, and each value twice.
    expect(of('wild')).toEqual({ type: 'double', notNull: true });
    expect(of('huge')).toEqual({ type: 'int64', notNull: true, unique: true });
    expect(of('empty')).toEqual({ type: 'text' });
    expect(of('pairs')).toEqual({ type: 'int64', notNull: true, range: [0, 59] });
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });

  it('pass on that version, and fail on one that is not so', async () => {
    const rules = await suggestedFor(fixture);
    expect(await scanned(fixture, asked(rules))).toMatchObject({ status: 'passed', failing: 0, total: 230 });
    const other = `SELECT * REPLACE (n + 1 AS n, 'c9' AS kind, pairs::DOUBLE AS pairs) FROM (${all})`;
    const found = await scanned({ splits: { all: other }, roles: { id: 'key' } }, asked(rules));
    expect(found.facts.failed).toMatchObject({
      'n.range': 1,
      'n.type': 0,
      'kind.in': 120,
      'pairs.type': 120,
      'x.range': 0,
    });
    expect(found).toMatchObject({ status: 'failed', failing: 120 });
  });

  it('have ids of their own, whatever columns are called', async () => {
    const rules = await suggestedFor({
      splits: { all: `SELECT 1::BIGINT AS "a b", 2::BIGINT AS "a-b", 3::BIGINT AS "_", 4::BIGINT AS "ä"` },
    });
    expect(rules.map(({ id }) => id)).toEqual([
      'a-b.type',
      'a-b.notNull',
      'a-b.range',
      'a-b.type-2',
      'a-b.notNull-2',
      'a-b.range-2',
      'column.type',
      'column.notNull',
      'column.range',
      'column.type-2',
      'column.notNull-2',
      'column.range-2',
    ]);
  });

  it.skipIf(!present)(
    'German credit: sets of all 13 categories, ranges of its numbers, and all of it passes',
    async () => {
      const german = `SELECT * REPLACE (column01::BIGINT AS column01) FROM read_csv('${GERMAN}', header = false)`;
      const rules = await suggestedFor({ splits: { all: german } });
      const of = (test: string) => rules.filter((rule) => rule.test === test);
      expect(['type', 'notNull', 'in', 'range', 'unique'].map((test) => of(test).length)).toEqual([
        21, 21, 13, 8, 0,
      ]);
      // Months of credit, 4 to 72.
      expect(of('range')[0]).toMatchObject({ column: 'column01', min: 4, max: 72 });
      expect(await scanned({ splits: { all: german } }, asked(rules))).toMatchObject({
        status: 'passed',
        total: 1_000,
      });
    },
  );
});
