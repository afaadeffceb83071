import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import { BlobStore } from '../../src/platform/storage/index.js';
import { ApiClient } from '../support/api-client.js';
import { checksOf } from './checks-cases.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

interface Column {
  column: string;
  kind: string;
  missing: number;
  distinct: number;
  distinctError: number;
  numeric: {
    min: number;
    max: number;
    mean: number;
    sd: number;
    quantiles: { share: number; value: number }[];
    rankError: number;
    histogram: { edges: number[]; counts: number[] };
  } | null;
  categorical: {
    top: { value: string; count: number }[];
    others: number;
    lengths: { min: number; max: number; mean: number };
  } | null;
}
interface Profile {
  id: string;
  digest: string;
  rows: number;
  columns: Column[];
}
interface Drift {
  from: string;
  status: string;
  columns: { column: string; method: string; effect: number | null; p: number | null; reason: string }[];
}

const ROWS = 3_000;

/** x: 0 to ROWS - 1 and `shift` more; colour: a or b; words: as many as rows. */
function people(prefix: string, shift: number): string {
  const rows = Array.from(
    { length: ROWS },
    (_, i) =>
      `${prefix}${i},${i + shift},${i % 3 === 0 ? 'b' : 'a'},word-${prefix}-${i},${i % 10 === 0 ? '' : i / 2},${i % 2 ? 'yes' : 'no'}`,
  );
  return `id,x,colour,words,half,y\n${rows.join('\n')}\n`;
}

describe('profiles of splits', () => {
  let test: TestApp;
  let admin: ApiClient;
  let viewer: ApiClient;

  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    admin = new ApiClient(test);
    viewer = new ApiClient(test, await test.key('viewer'));
    await admin.job('datasets/people/versions', {
      splits: [
        { name: 'train', role: 'train', uploadId: await admin.upload(people('t', 0)) },
        { name: 'later', role: 'validation', uploadId: await admin.upload(people('l', 600)) },
        { name: 'holdout', role: 'holdout', uploadId: await admin.upload(people('h', 0)) },
      ],
      key: 'id',
      label: 'y',
    });
  });
  afterAll(() => test.stop());

  checksOf(() => test);

  const path = (split: string) => `dataset-versions/people@1/splits/${split}/profile`;
  const sides = {
    reference: { datasetVersion: 'people@1', split: 'train' },
    sample: { datasetVersion: 'people@1', split: 'later' },
  };

  it('are not there until somebody asks', async () => {
    const answer = await admin.send('get', path('train'));
    expect(answer.body).toMatchObject({ status: 404, code: 'PROFILE_NOT_FOUND' });
    const drift = await admin.send('post', 'drift-reports').send({ ...sides, from: 'profiles' });
    expect(drift.body).toMatchObject({ status: 404, code: 'PROFILE_NOT_FOUND' });
    for (const wrong of [
      'dataset-versions/people@1/splits/nothing/profile',
      'dataset-versions/nobody@1/splits/train/profile',
    ]) {
      expect((await admin.send('get', wrong)).status).toBe(404);
      expect((await admin.send('post', wrong).send({})).status).toBe(404);
    }
    expect((await viewer.send('post', path('train')).send({})).status).toBe(403);
  });

  it('say what every column holds', async () => {
    const { datasetProfileId } = await admin.job<{ datasetProfileId: string }>(path('train'), {});
    const profile = await viewer.get<Profile>(path('train'));
    expect(profile).toMatchObject({ id: datasetProfileId, rows: ROWS });
    const by = Object.fromEntries(profile.columns.map((column) => [column.column, column]));
    expect(Object.keys(by)).toEqual(['id', 'x', 'colour', 'words', 'half', 'y']);
    const { numeric, missing } = by.x!;
    expect({ ...numeric, missing }).toMatchObject({
      min: 0,
      max: ROWS - 1,
      missing: 0,
    });
    expect(numeric!.mean).toBeCloseTo((ROWS - 1) / 2, 9);
    // The variance of n equidistant numbers, by n - 1: n (n + 1) / 12.
    expect(numeric!.sd).toBeCloseTo(Math.sqrt((ROWS * (ROWS + 1)) / 12), 8);
    for (const { share, value } of numeric!.quantiles)
      expect(Math.abs(value - share * ROWS)).toBeLessThanOrEqual(numeric!.rankError * ROWS + 1);
    expect(numeric!.rankError).toBeGreaterThan(0);
    expect(numeric!.rankError).toBeLessThan(0.01);
    expect(numeric!.histogram.counts.reduce((a, b) => a + b)).toBe(ROWS);
    expect(by.colour!.categorical).toMatchObject({
      top: [
        { value: 'a', count: 2_000 },
        { value: 'b', count: 1_000 },
      ],
      others: 0,
      lengths: { min: 1, max: 1, mean: 1 },
    });
    expect(by.colour).toMatchObject({ distinct: 2, distinctError: 0 });
    expect(by.half).toMatchObject({ missing: ROWS / 10 });
    // More different words than are kept by name: estimated.
    expect(by.words!.distinctError).toBeGreaterThan(0.01);
    expect(Math.abs(by.words!.distinct - ROWS)).toBeLessThan(4 * by.words!.distinctError * ROWS);
    expect(Math.abs(by.x!.distinct - ROWS)).toBeLessThan(4 * by.x!.distinctError * ROWS);
  });

  it('hold numbers whose mean or spread no double holds', async () => {
    const rows = [1.7e308, -1.7e308, 1e300].map((x, i) => `${i},${x},${i % 2}\n`);
    await admin.job('datasets/extreme/versions', {
      splits: [{ name: 'train', role: 'train', uploadId: await admin.upload(`id,x,y\n${rows.join('')}`) }],
      key: 'id',
      label: 'y',
    });
    const extreme = 'dataset-versions/extreme@1/splits/train/profile';
    await admin.job(extreme, {});
    const { columns } = await admin.get<Profile>(extreme);
    expect(columns[1]!.numeric).toMatchObject({ min: -1.7e308, max: 1.7e308, mean: null, sd: null });
  });

  it('are made once, and never change', async () => {
    const before = await admin.get<Profile>(path('train'));
    await admin.job(path('train'), {});
    expect(await admin.get<Profile>(path('train'))).toEqual(before);
    expect(
      (
        await test.database.admin.query(
          `SELECT FROM dataset_profile WHERE split = 'train' AND rows = ${ROWS}`,
        )
      ).rowCount,
    ).toBe(1);
  });

  it('leave the label of a sealed split out', async () => {
    await admin.job(path('holdout'), {});
    const profile = await admin.get<Profile>(path('holdout'));
    expect(profile.columns.map(({ column }) => column)).toEqual(['id', 'x', 'colour', 'words', 'half']);
    expect(JSON.stringify(profile)).not.toMatch(/"(yes|no)"/);
  });

  it('are compared as the rows are, without a row: also when those are gone', async () => {
    await admin.job(path('later'), {});
    const columns = ['x', 'colour', 'half', 'words'];
    const rows = await admin.job<Drift>('drift-reports', { ...sides, columns });
    const { rows: files } = await test.database.admin.query<{ digest: string }>(
      `SELECT DISTINCT b.digest FROM blob_reference b JOIN dataset_split s
         ON b.owner_kind = 'datasetVersion' AND b.owner_id = s.dataset_version_id::text WHERE s.name IN ('train', 'later')`,
    );
    const paths = await Promise.all(files.map(({ digest }) => test.app.get(BlobStore).localPath(digest)));
    for (const file of paths) await rename(file, `${file}-away`);
    const profiles = await admin.job<Drift>('drift-reports', { ...sides, columns, from: 'profiles' });
    await expect(admin.job('drift-reports', { ...sides, columns })).rejects.toThrow(/failed/);
    for (const file of paths) await rename(`${file}-away`, file);
    expect(profiles.from).toBe('profiles');
    const [x, colour, half, words] = profiles.columns;
    expect(x!.method).toBe('ks_sketch');
    // 600 of 3,000.
    expect(rows.columns[0]!.effect).toBeCloseTo(0.2, 12);
    expect(Math.abs(x!.effect! - 0.2)).toBeLessThan(0.02);
    expect(x!.p!).toBeGreaterThanOrEqual(rows.columns[0]!.p!);
    expect(x!.p!).toBeLessThan(1e-6);
    expect(colour!.effect).toBe(rows.columns[1]!.effect);
    expect(half!.effect!).toBeLessThan(0.02);
    expect(words).toMatchObject({ effect: null, reason: expect.stringContaining('no counts') });
  });

  it('have one method for numbers', async () => {
    const answer = await admin
      .send('post', 'drift-reports')
      .send({ ...sides, from: 'profiles', numericMethod: 'wasserstein' });
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'DRIFT_METHOD_UNFIT',
      detail: expect.stringContaining('ks_sketch'),
    });
    const rows = await admin.send('post', 'drift-reports').send({ ...sides, numericMethod: 'ks_sketch' });
    expect(rows.body).toMatchObject({ status: 400, code: 'DRIFT_METHOD_UNFIT' });
  });

  it('are not believed once somebody changed them', async () => {
    await test.database.admin.query(`UPDATE dataset_profile SET rows = rows + 1 WHERE split = 'later'`);
    await expect(admin.job('drift-reports', { ...sides, from: 'profiles' })).rejects.toThrow(
      /RECORD_ALTERED/,
    );
    await test.database.admin.query(`UPDATE dataset_profile SET rows = rows - 1 WHERE split = 'later'`);
  });

  it('are the same in GraphQL, and a table on the command line', async () => {
    const rest = await admin.get<Profile>(path('train'));
    const { datasetProfile } = await viewer.graphql<{ datasetProfile: Profile }>(
      `{ datasetProfile(ref: "people@1", split: "train") { id digest rows columns { column kind missing distinct distinctError
         numeric { min max mean sd rankError quantiles { share value } histogram { edges counts } }
         categorical { top { value count } others lengths { min max mean } } } } }`,
    );
    expect(rest).toMatchObject(datasetProfile);
    const { profileDataset } = await admin.graphql<{ profileDataset: { kind: string } }>(
      'mutation { profileDataset(ref: "people@1", split: "train") { kind } }',
    );
    expect(profileDataset.kind).toBe('dataset.profile');
    const said = { stdout: '', stderr: '' };
    const assay = (args: string[]) =>
      run([...args, '--url', test.url, '--api-key', test.apiKey, '--project', test.project], {
        env: {},
        cwd: '/',
        stdout: { write: (text) => (said.stdout += text) },
        stderr: { write: (text) => (said.stderr += text) },
      });
    expect(await assay(['dataset', 'profile', 'people@1:train']), said.stderr).toBe(0);
    expect(said.stdout).toMatch(/colour +text +0 +2 +a \(2000\), b \(1000\)/);
    expect(await assay(['dataset', 'drift', 'people@1:train', 'people@1:later', '--from', 'profiles'])).toBe(
      0,
    );
    expect(said.stdout).toMatch(/drifted +x +ks_sketch/);
    expect(await assay(['dataset', 'profile', 'people@1'])).toBe(2);
  });
});
