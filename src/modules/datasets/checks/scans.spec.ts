import { describe, expect, it } from 'vitest';
import { scanned, type ScanFixture } from './scan-fixture.js';

/** Rows of texts; an empty one is null. */
const rows = (header: string, ...lines: string[]) => {
  const names = header.split(',');
  const values = lines.map(
    (line) =>
      `(${line
        .split(',')
        .map((text) => (text === '' ? 'NULL' : text))
        .join(', ')})`,
  );
  return `SELECT * FROM (VALUES ${values.join(', ')}) AS t(${names.join(', ')})`;
};
const places = ({ findings }: { findings: { split: string; row: number | null; rule: string | null }[] }) =>
  findings.map(({ split, row, rule }) => `${split}:${row ?? rule}`);

describe('what scans find in planted rows', () => {
  it('rules: false fails, neither true nor false does not, a warning fails nothing', async () => {
    const all = rows(
      `id,"Age in years",mail,code`,
      `'a',17::BIGINT,'a@b.c','x'`,
      `'b',NULL::BIGINT,'b','x'`,
      `'c',40::BIGINT,'c@b.c',NULL`,
      `'d',200::BIGINT,NULL,'y'`,
    );
    const found = await scanned(
      { splits: { all }, roles: { id: 'key' } },
      {
        check: 'rules',
        parameters: {
          rules: [
            { id: 'range', test: 'range', column: 'Age in years', min: 18, max: 120 },
            { id: 'full', test: 'notNull', column: 'Age in years', severity: 'warning' },
            { id: 'mail', test: 'matches', column: 'mail', pattern: '[a-z]+@[a-z.]+' },
            { id: 'set', test: 'in', column: 'code', values: ['x'] },
            { id: 'once', test: 'unique', column: 'code' },
            { id: 'row', test: 'row', expression: `"Age in years" < 100 OR code = 'z'` },
          ],
        },
      },
    );
    expect(found.facts.failed).toEqual({ range: 2, full: 1, mail: 1, set: 1, once: 1, row: 1 });
    // b is warned of, and fails for its mail.
    expect(found).toMatchObject({ status: 'failed', failing: 3, warnings: 0, total: 4 });
    expect(found.findings.filter(({ rule }) => rule === 'range').map(({ key }) => key)).toEqual(['a', 'd']);
    expect(found.first.at(0)!.severity).toBe('error');
    const warned = await scanned(
      { splits: { all } },
      {
        check: 'rules',
        parameters: { rules: [{ id: 'full', test: 'notNull', column: 'mail', severity: 'warning' }] },
      },
    );
    expect(warned).toMatchObject({ status: 'passed', failing: 0, warnings: 1 });
    expect(places(warned)).toEqual(['all:4']);
  });

  it('duplicates: an empty cell equals an empty cell and no text; keys do not count', async () => {
    const all = rows('id,x,y', `1,'a','b'`, `2,'a',''''''`, `3,'a',NULL`, `4,'a',NULL`, `5,'a','b'`);
    const fixture: ScanFixture = { splits: { all }, roles: { id: 'key' } };
    expect(places(await scanned(fixture, { check: 'duplicates' }))).toEqual(['all:4', 'all:5']);
  });

  it('leakage of entities and of time', async () => {
    const train = rows(
      'g,t,x',
      `'a',DATE '2024-01-01',1::BIGINT`,
      `'b',DATE '2024-02-01',2::BIGINT`,
      `NULL,DATE '2024-03-05',3::BIGINT`,
    );
    const test = rows(
      'g,t,x',
      `'b',DATE '2024-03-01',1::BIGINT`,
      `'b',DATE '2024-04-01',2::BIGINT`,
      `NULL,DATE '2024-05-01',3::BIGINT`,
    );
    const fixture: ScanFixture = {
      splits: { train, test },
      roles: { g: 'group', t: 'time', x: 'label' },
      sealed: ['test'],
    };
    const splits = ['train', 'test'];
    const entity = await scanned(fixture, { check: 'entity-leakage', splits });
    expect(entity).toMatchObject({ failing: 2, total: 3, facts: { entities: 1, withoutEntity: 2 } });
    expect(places(entity)).toEqual(['test:1', 'test:2']);
    const time = await scanned(fixture, { check: 'time-leakage', splits });
    expect(time).toMatchObject({ failing: 1, total: 3, facts: { earliest: '2024-03-01' } });
    expect(places(time)).toEqual(['train:3']);
    const without = { ...fixture, splits: { train: `${train} UNION ALL SELECT 'z', NULL, 4`, test } };
    expect(await scanned(without, { check: 'time-leakage', splits })).toMatchObject({
      status: 'undefined',
      failing: 0,
    });
  });

  it('conflicting labels: every row of the group, beside the first that says otherwise', async () => {
    const train = rows('x,y', `1::BIGINT,'no'`, `2::BIGINT,'yes'`, `1::BIGINT,'no'`);
    const test = rows('x,y', `1::BIGINT,'yes'`, `2::BIGINT,'yes'`, `3::BIGINT,NULL`);
    const found = await scanned(
      { splits: { train, test }, roles: { y: 'label' } },
      { check: 'conflicting-labels' },
    );
    expect(found).toMatchObject({ failing: 3, total: 6, facts: { groups: 1 } });
    expect(
      found.findings.map(({ split, row, otherSplit, otherRow }) => [split, row, otherSplit, otherRow]),
    ).toEqual([
      ['train', 1, 'test', 1],
      ['train', 3, 'test', 1],
      ['test', 1, 'train', 1],
    ]);
  });

  it('a column that gives the label away, an identifier in the order of labels, and one that does not', async () => {
    const all = `SELECT i AS id, CASE WHEN i < 500 THEN 'no' ELSE 'yes' END AS y, (i * 7919) % 1000 AS noise,
      CASE WHEN i < 500 THEN 'a' ELSE 'b' END || (i % 3) AS code, i::DOUBLE AS rank, md5(i::VARCHAR) AS unique_text
      FROM range(1000) t(i)`;
    const found = await scanned(
      { splits: { all }, roles: { id: 'key', y: 'label' } },
      { check: 'label-predictor' },
    );
    expect(places(found).sort()).toEqual(['all:code', 'all:id', 'all:rank']);
    expect(found).toMatchObject({ failing: 3, total: 5, unit: 'columns' });
    const skills = found.facts.skills as { column: string; skill: number }[];
    expect(skills.find(({ column }) => column === 'code')!.skill).toBe(1);
    // Values that stand once tell nothing of other rows.
    expect(Math.abs(skills.find(({ column }) => column === 'unique_text')!.skill)).toBeLessThan(0.05);
    expect(skills.find(({ column }) => column === 'noise')!.skill).toBeLessThan(0.2);
  });

  it('outliers: beyond three interquartile ranges, or not finite', async () => {
    // Quartiles of 0 to 100 and two more: 25.5 and 76.5; the upper fence is 76.5 + 3 x 51 = 229.5.
    const all = `SELECT i::DOUBLE AS x, 1::BIGINT AS same FROM range(101) t(i)`;
    const odd = `${all} UNION ALL SELECT * FROM (VALUES (229.5, 1), (230.0, 1), ('inf'::DOUBLE, 1), (NULL, 5)) t(x, same)`;
    const found = await scanned({ splits: { all: odd } }, { check: 'outliers' });
    expect(places(found)).toEqual(['all:103', 'all:104']);
    expect(found.facts.withoutFences).toEqual([{ split: 'all', column: 'same' }]);
    const wide = `SELECT * FROM (VALUES (-1.7e308), (-1.6e308), (1.6e308), (1.7e308), ('nan'::DOUBLE)) t(x)`;
    expect(places(await scanned({ splits: { all: wide } }, { check: 'outliers' }))).toEqual(['all:5']);
    expect(await scanned({ splits: { all } }, { check: 'outliers' })).toMatchObject({
      status: 'passed',
      total: 101,
    });
  });

  it('few of a class, few of a group, and a group with no positive label', async () => {
    const all = `SELECT CASE WHEN i < 90 THEN 'no' ELSE 'yes' END AS y, CASE WHEN i < 29 THEN 'f' ELSE 'm' END AS sex FROM range(99) t(i)`;
    const fixture: ScanFixture = { splits: { all }, roles: { y: 'label', sex: 'protected' } };
    expect(places(await scanned(fixture, { check: 'imbalance' }))).toEqual(['all:yes']);
    expect(await scanned(fixture, { check: 'imbalance', parameters: { maxRatio: 10 } })).toMatchObject({
      status: 'passed',
    });
    expect(places(await scanned(fixture, { check: 'representation' }))).toEqual(['all:sex: f']);
    const parity = { check: 'label-rate-parity', parameters: { positive: 'yes' } };
    expect(places(await scanned(fixture, parity))).toEqual(['all:sex: f']);
    expect(await scanned(fixture, { ...parity, parameters: { positive: 'maybe' } })).toMatchObject({
      status: 'undefined',
    });
  });

  it('near texts within and between splits', async () => {
    const long = 'a letter of some length that is copied with one small mistake';
    const train = rows('id,note', `'t1','${long}'`, `'t2','another letter'`, `'t3',NULL`);
    const test = rows(
      'id,note',
      `'h1','something else'`,
      `'h2','${long.replace('small', 'smal')}'`,
      `'h3',NULL`,
    );
    const found = await scanned(
      { splits: { train, test }, roles: { id: 'key' } },
      { check: 'near-duplicates' },
    );
    expect(found).toMatchObject({ failing: 1, total: 6 });
    expect(found.findings[0]).toMatchObject({
      split: 'test',
      row: 2,
      key: 'h2',
      otherSplit: 'train',
      otherRow: 1,
      otherKey: 't1',
    });
    expect(found.findings[0]!.detail).toMatch(/^similarity 0\.[89]/);
  });

  it('probabilities of a file go with rows by key: each once, and no other', async () => {
    const all = rows('id,y', `7::BIGINT,'no'`, `8::BIGINT,'yes'`, `9::BIGINT,NULL`);
    const probabilities = [
      { class: 'no', column: 'p no' },
      { class: 'yes', column: 'q' },
    ];
    const ask = (csv: string) =>
      scanned(
        { splits: { all }, roles: { id: 'key', y: 'label' }, file: { csv } },
        { check: 'label-errors', parameters: { probabilities, file: '0'.repeat(64) } },
      );
    const right = await ask('q,id,p no\n0.1,9,0.9\n0.2,8.0,0.8\n0.1,7,0.9\n');
    expect(right).toMatchObject({ total: 2, status: 'passed' });
    expect(await ask('q,id,p no\n0.1,9,\n0.2,8,0.8\n0.1,7,0.1\n')).toMatchObject({ status: 'undefined' });
    const refusal = (code: string, message: RegExp) => ({
      code,
      message: expect.stringMatching(message) as string,
    });
    await expect(ask('q,id\n0.1,7\n')).rejects.toMatchObject(
      refusal('CHECK_FILE_COLUMNS', /no column p no; found q, id/),
    );
    for (const [csv, message] of [
      ['q,id,p no\n0.1,7,0.9\n0.1,8,0.9\n', /1 rows of the split are not in it, 0 of its rows/],
      ['q,id,p no\n0.1,7,0.9\n0.1,8,0.9\n0.1,9,0.9\n0.1,10,0.9\n', /1 of its rows are none/],
      ['q,id,p no\n0.1,7,0.9\n0.1,8,0.9\n0.1,9,0.9\n0.1,9.0,0.9\n', /1 keys stand more than once/],
    ] as const)
      await expect(ask(csv)).rejects.toMatchObject(refusal('CHECK_FILE_KEYS', message));
  });

  it('probabilities that are none are said to be none', async () => {
    const all = rows('y,p,q', `'no',0.9::DOUBLE,0.1::DOUBLE`, `'yes',0.9::DOUBLE,0.2::DOUBLE`);
    const check = {
      check: 'label-errors',
      parameters: {
        probabilities: [
          { class: 'no', column: 'p' },
          { class: 'yes', column: 'q' },
        ],
      },
    };
    expect(await scanned({ splits: { all }, roles: { y: 'label' } }, check)).toMatchObject({
      status: 'undefined',
      failing: 0,
    });
  });
});
