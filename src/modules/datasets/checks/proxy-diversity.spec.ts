import { describe, expect, it } from 'vitest';
import { scanned, type ScanFixture } from './scan-fixture.js';

/** Digits that follow nothing. */
const h = (x: string) => `('0x' || left(md5((${x})::VARCHAR), 8))::UBIGINT::BIGINT`;
/** `near` follows sex in nine rows of ten, `rank` too, `noise` does not; `sex` is empty in the last ten rows. */
const people = `SELECT i AS id, CASE WHEN i >= 990 THEN NULL WHEN ${h('i')} % 5 < 2 THEN 'f' ELSE 'm' END AS sex,
  CASE WHEN ${h('i + 5000')} % 10 = 0 THEN 'z' WHEN ${h('i')} % 5 < 2 THEN 'x' ELSE 'y' END AS near,
  (${h('i + 9000')} % 100)::DOUBLE + CASE WHEN ${h('i')} % 5 < 2 THEN 80 ELSE 0 END AS rank,
  (${h('i + 7000')} % 6)::BIGINT AS noise, 'same' AS same FROM range(1000) t(i)`;
const fixture: ScanFixture = { splits: { all: people }, roles: { id: 'key', sex: 'protected' } };
const from = (...columns: string[]) => ({ check: 'proxy', parameters: { from: columns } });

describe('proxies of a protected attribute', () => {
  it('names the columns that tell it, and all of them together', async () => {
    const found = await scanned(fixture, { check: 'proxy' });
    expect(found.findings.map(({ rule }) => rule)).toEqual([
      'sex: all columns together',
      'sex: near',
      'sex: rank',
    ]);
    expect(found).toMatchObject({ status: 'failed', failing: 3, total: 5, unit: 'columns' });
    expect(found.findings[1]!.detail).toMatch(/^AUC 0\.9\d+ of f, at least 0\.\d+$/);
    const measured = found.facts.measured as { column: string | null; auc: number; status: string }[];
    expect(measured.find(({ column }) => column === 'same')!.auc).toBe(0.5);
    // More than any column alone.
    expect(measured.find(({ column }) => column === null)!.auc).toBeGreaterThan(0.97);
  });

  it('passes where every upper bound stays below, and cannot tell where one does not', async () => {
    expect(await scanned(fixture, from('noise', 'same'))).toMatchObject({
      status: 'passed',
      failing: 0,
      total: 3,
    });
    const few = { ...fixture, splits: { all: `SELECT * FROM (${people}) LIMIT 120` } };
    const undecided = await scanned(few, {
      check: 'proxy',
      parameters: { from: ['near'], atMost: 0.97, atMostTogether: 0.97 },
    });
    expect(undecided).toMatchObject({ status: 'undefined', failing: 0 });
    expect(undecided.reason).toMatch(/^2 of 2 columns cannot be told .*more rows would settle it/);
    const limits = { ...from('near', 'noise').parameters, atMost: 0.99, atMostTogether: 0.6 };
    const together = await scanned(fixture, { check: 'proxy', parameters: limits });
    expect(together.findings.map(({ rule }) => rule)).toEqual(['sex: all columns together']);
  });

  it('judges no group of few rows, and says which; with none left it cannot tell', async () => {
    const few = `${people.replace("'m' END AS sex", "CASE WHEN i % 50 = 3 THEN 'd' ELSE 'm' END END AS sex")}`;
    const found = await scanned({ ...fixture, splits: { all: few } }, from('noise'));
    const { notJudged, measured } = found.facts as {
      notJudged: { group: string }[];
      measured: { group: string }[];
    };
    expect(notJudged.map(({ group }) => group)).toEqual(['d']);
    // With a third group that of the two others is no longer the same question.
    expect([...new Set(measured.map(({ group }) => group))]).toEqual(['f', 'm']);
    const none = await scanned(
      { ...fixture, splits: { all: `SELECT * FROM (${people}) LIMIT 40` } },
      from('noise'),
    );
    expect(none).toMatchObject({ status: 'undefined', failing: 0 });
    expect(none.reason).toBe('all: no group of sex has 30 rows, and as many others');
  });

  it('a protected number is told in bins', async () => {
    const aged = { ...fixture, roles: { id: 'key', rank: 'protected' } as const };
    const parameters = { from: ['sex', 'noise'], bins: 4, atMost: 0.6, atMostTogether: 0.6 };
    const found = await scanned(aged, { check: 'proxy', parameters });
    expect(found.findings.map(({ rule }) => rule)).toEqual(['rank: all columns together', 'rank: sex']);
    expect(found.findings[1]!.detail).toMatch(/of bin \d of 4/);
  });
});

describe('diversity', () => {
  const regions = `SELECT CASE WHEN i < 60 THEN 'north' WHEN i < 90 THEN 'south' WHEN i < 99 THEN 'east' END AS region,
    i % 80 AS age FROM range(100) t(i)`;
  const ask = (parameters: object, splits = { all: regions }) =>
    scanned({ splits }, { check: 'diversity', parameters: { ...parameters } });

  it('slices with few rows or a small share, values that are not covered, and few kinds', async () => {
    const slices = [
      { id: 'north', where: "region = 'north'" },
      { id: 'east', where: "region = 'east'" },
      { id: 'old', where: 'age >= 60', minShare: 0.21 },
      { id: 'east-at-all', where: "region = 'east'", minRows: 9 },
    ];
    // Of 60, 30 and 9: e to scipy.stats.entropy (1.17.1) is 2.41877.
    const domains = [{ column: 'region', minEffective: 2.5, values: ['north', 'east', 'west'], minRows: 10 }];
    const found = await ask({ slices, domains });
    expect(found.findings.map(({ rule, detail }) => [rule, detail])).toEqual([
      ['east', '9 rows, 9.00% of the split; at least 30 and 0.00%'],
      ['old', '20 rows, 20.00% of the split; at least 30 and 21.00%'],
      ['region', 'effective number of values 2.4188, at least 2.5'],
      ['region: east', '9 rows, at least 10'],
      ['region: west', '0 rows, at least 10'],
    ]);
    expect(found).toMatchObject({ status: 'failed', failing: 5, total: 8, unit: 'groups' });
    expect(found.reason).toBe('5 of 8 groups have less than was declared');
  });

  it('passes where all is there, in each split', async () => {
    const domains = [{ column: 'region', minEffective: 2.41, values: ['north', 'south'] }];
    expect(await ask({ domains }, { all: regions, more: regions } as never)).toMatchObject({
      status: 'passed',
      failing: 0,
      total: 6,
    });
    const equal = `SELECT i % 3 AS region FROM range(9) t(i)`;
    expect(await ask({ domains: [{ column: 'region', minEffective: 3 }] }, { all: equal })).toMatchObject({
      status: 'passed',
    });
  });

  it('cannot tell without rows, without a value, and of too many values', async () => {
    const none = `SELECT * FROM (${regions}) LIMIT 0`;
    const old = [{ id: 'old', where: 'age >= 60' }];
    const region = [{ column: 'region', minEffective: 2 }];
    const undefinedIs = { status: 'undefined', failing: 0 };
    expect(await ask({ slices: old }, { all: none })).toMatchObject(undefinedIs);
    const empty = `SELECT NULL::VARCHAR AS region FROM range(9)`;
    expect(await ask({ domains: region }, { all: empty })).toMatchObject({
      ...undefinedIs,
      reason: 'no row of all has a value of region',
    });
    const many = `SELECT i::VARCHAR AS region FROM range(1001) t(i)`;
    expect(await ask({ domains: region }, { all: many })).toMatchObject(undefinedIs);
  });
});
