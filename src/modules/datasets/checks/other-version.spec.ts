import { describe, expect, it } from 'vitest';
import { scanned, type ScanFixture } from './scan-fixture.js';

const numbers = (rows: number, more = '') =>
  `SELECT i AS id, (i % 100)::DOUBLE AS x, CASE WHEN i % 4 = 0 THEN 'b' ELSE 'a' END AS kind, 'no' AS y ${more} FROM range(${rows}) t(i)`;
const roles = { id: 'key', y: 'label' } as const;
const moved = (rows: number) => numbers(rows).replace('(i % 100)::DOUBLE', '(i % 100)::DOUBLE + 15');

describe('drift from the parent', () => {
  const ask = (fixture: ScanFixture, parameters = {}) =>
    scanned(fixture, { check: 'parent-drift', parameters });

  // 15 of 100 equal steps: the distribution functions lie 0.15 apart. scipy 1.17.1, ks_2samp: 0.15.
  it('names columns whose effect reaches the threshold and is no chance', async () => {
    const found = await ask({
      splits: { all: moved(2_000) },
      roles,
      other: { splits: { all: numbers(2_000) }, roles },
    });
    expect(found.findings.map(({ split, rule }) => [split, rule])).toEqual([['all', 'x']]);
    expect(found.findings[0]!.detail).toMatch(/^ks 0\.1500, corrected p \d/);
    expect(found).toMatchObject({ status: 'failed', failing: 1, total: 3, unit: 'columns' });
    expect(found.facts.parent).toEqual({ datasetVersionId: 'other', ref: 'other@1', contentId: 'other' });
    const splits = { all: moved(2_000) };
    expect(
      await ask({ splits, roles, other: { splits: { all: numbers(2_000) }, roles } }, { threshold: 0.2 }),
    ).toMatchObject({ status: 'passed', failing: 0, total: 3 });
  });

  it('passes on what is the same, and cannot tell of few rows, without a parent, or without the split or column', async () => {
    const same: ScanFixture = {
      splits: { all: numbers(500) },
      roles,
      other: { splits: { all: numbers(500) }, roles },
    };
    expect(await ask(same)).toMatchObject({ status: 'passed', failing: 0, total: 3 });
    const some = numbers(20).replace('(i % 100)', '(i % 100 + 4)');
    const few = await ask({ splits: { all: some }, roles, other: { splits: { all: numbers(20) }, roles } });
    expect(few).toMatchObject({ status: 'undefined', failing: 0 });
    expect(few.reason).toMatch(/more rows would settle it/);
    expect(await ask({ splits: { all: numbers(500) }, roles })).toMatchObject({
      status: 'undefined',
      reason: 'the version has no parent',
    });
    const without = await ask({ ...same, other: { splits: { train: numbers(500) }, roles } });
    expect(without.reason).toContain('other@1 has no split all');
    const against = await ask(
      { ...same, other: { splits: { train: numbers(500) }, roles } },
      { against: 'train' },
    );
    expect(against).toMatchObject({ status: 'passed', failing: 0, total: 3 });
    const lost = await ask({ ...same, other: { splits: {}, erased: ['all'], roles } });
    expect([lost.status, lost.reason]).toEqual([
      'undefined',
      expect.stringContaining('rows of all of other@1 were erased'),
    ]);
    const column = await ask({ ...same, splits: { all: numbers(500, ', i AS more') } });
    expect(column).toMatchObject({ status: 'undefined' });
    expect(column.reason).toContain('other@1 shows no column more in all');
    const type = await ask({
      ...same,
      other: { splits: { all: `SELECT * REPLACE (x::VARCHAR AS x) FROM (${numbers(500)})` }, roles },
    });
    expect(type.reason).toContain('x is text in other@1');
  });

  it('reads no label that is sealed in either', async () => {
    const open = { splits: { all: numbers(500) }, roles };
    const sealed = { ...open, sealed: ['all'] };
    expect(await ask({ ...sealed, other: open })).toMatchObject({ status: 'passed', total: 2 });
    const parent = await ask({ ...open, other: sealed });
    expect(parent.reason).toContain('other@1 shows no column y in all');
  });
});

describe('values that refer to another version', () => {
  const countries = {
    train: `SELECT * FROM (VALUES ('de', 1), ('fr', 2)) t(code, n)`,
    test: `SELECT 'nl' AS code, 3 AS n`,
  };
  const other: ScanFixture = { splits: countries, roles: { n: 'label' }, sealed: ['test'] };
  const rows = `SELECT * FROM (VALUES ('a', 'de'), ('b', 'xx'), ('c', NULL), ('d', 'nl'), ('e', '')) t(id, country)`;
  const fixture: ScanFixture = { splits: { all: rows }, roles: { id: 'key' }, other };
  const parameters = { column: 'country', datasetVersion: 'other@1', inColumn: 'code' };
  const ask = (more: object, of = fixture) =>
    scanned(of, { check: 'referential', parameters: { ...parameters, ...more } });

  it('fail where they stand in none of its splits; an empty cell refers to nothing', async () => {
    const found = await ask({});
    expect(found.findings.map(({ key, rule }) => [key, rule])).toEqual([
      ['b', 'country'],
      ['e', 'country'],
    ]);
    expect(found).toMatchObject({ status: 'failed', failing: 2, total: 5, facts: { values: 3, without: 1 } });
    expect((await ask({ inSplits: ['train'] })).failing).toBe(3);
  });

  it('pass where each stands; of no rows nothing is told', async () => {
    const right = { ...fixture, splits: { all: `SELECT * FROM (${rows}) WHERE country IN ('de', 'nl')` } };
    expect(await ask({}, right)).toMatchObject({ status: 'passed', failing: 0, total: 2 });
    const none = { ...fixture, splits: { all: `SELECT * FROM (${rows}) LIMIT 0` } };
    expect(await ask({}, none)).toMatchObject({ status: 'undefined', failing: 0 });
  });
});

describe('rows that are near to earlier rows', () => {
  const row = (id: string, word: string, n: number) =>
    `SELECT '${id}' AS id, ${n}::DOUBLE AS n, ${Array.from({ length: 8 }, (_, i) => `'${word}${i}' AS c${i}`).join(', ')}`;
  const all = [row('r1', 'a', 2.5), row('r2', 'a', 3), row('r3', 'b', 1)].join(' UNION ALL ');
  const fixture: ScanFixture = { splits: { all }, roles: { id: 'key' } };
  const ask = (parameters = {}) => scanned(fixture, { check: 'near-duplicate-rows', parameters });

  it('fail, with the row that they are near to; a number as it is, or in its bin', async () => {
    const found = await ask();
    expect(found.findings).toMatchObject([
      { row: 2, key: 'r2', otherRow: 1, otherKey: 'r1', detail: 'similarity 0.8000' },
    ]);
    expect(found).toMatchObject({ status: 'failed', failing: 1, total: 3 });
    expect(await ask({ threshold: 1 })).toMatchObject({ status: 'passed', failing: 0 });
    const binned = await ask({ threshold: 1, numbers: 'bins', bins: 2 });
    expect(binned.findings.map(({ key, otherKey }) => [key, otherKey])).toEqual([['r2', 'r1']]);
    expect((await ask({ threshold: 1, ignore: ['n'] })).failing).toBe(1);
  });

  it('cannot be told where thousands are alike and yet not near', async () => {
    // Of 100 cells 11 may differ; three in ten do, by chance.
    const cells = Array.from({ length: 100 }, (_, j) => `left(md5(i || '-${j}'), 1) < '3' AS c${j}`);
    const alike = `SELECT ${cells.join(', ')} FROM range(5000) t(i)`;
    const found = await scanned({ splits: { all: alike } }, { check: 'near-duplicate-rows' });
    expect(found).toMatchObject({ status: 'undefined', failing: 0 });
    expect(found.reason).toContain('not all compared');
  });
});
