import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSealed } from '../../src/platform/storage/sealed-format.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

const ROWS = 9_600;
const SHARDS = 8;

/** A project whose splits are evaluated whole, or in shards. */
class World {
  private constructor(private readonly test: TestApp) {}

  static async start(shardRows: number): Promise<World> {
    const environment = { ASSAY_SHARD_ROWS: String(shardRows), ASSAY_WORKERS: '2' };
    const world = new World(await startTestApp({ workers: true, environment }));
    const { body } = await world.post('/datasets/people/versions', {
      splits: [
        { name: 'validation', role: 'validation', uploadId: await world.upload(people(0)) },
        { name: 'holdout', role: 'holdout', uploadId: await world.upload(people(ROWS)) },
      ],
      key: 'id',
      label: 'y',
      protected: ['sex'],
    });
    expect(await world.finished(body.job.id)).toMatchObject({ state: 'succeeded' });
    await world.post('/models/credit/versions', { artifactUploadId: await world.upload('weights') });
    return world;
  }

  stop = () => this.test.stop();
  get = (path: string) =>
    this.test.request
      .get(`/v1/projects/default${path}`)
      .set('authorization', `Bearer ${this.test.apiKey}`)
      .expect(200);
  post = (path: string, body: object) =>
    this.test.request
      .post(`/v1/projects/default${path}`)
      .set('authorization', `Bearer ${this.test.apiKey}`)
      .send(body);

  async upload(content: string): Promise<string> {
    const { body } = await this.test.request
      .post('/v1/projects/default/uploads?filename=data.csv')
      .set({ authorization: `Bearer ${this.test.apiKey}`, 'content-type': 'application/octet-stream' })
      .send(Buffer.from(content));
    return body.id as string;
  }

  async finished(id: string) {
    for (;;) {
      const { body } = await this.get(`/jobs/${id}?wait=30`);
      if (!['queued', 'running'].includes(body.state)) return body;
      await sleep(20);
    }
  }

  /** The id of the job. */
  async evaluate(files: Record<string, string>, protocol: object = {}): Promise<string> {
    const predictions = [];
    for (const [split, content] of Object.entries(files))
      predictions.push({ split, uploadId: await this.upload(content) });
    const { body } = await this.post('/evaluations', {
      modelVersion: 'credit@1',
      datasetVersion: 'people@1',
      predictions,
      protocol,
    });
    return body.job.id as string;
  }

  async rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.test.database.admin.query<Row>(sql, values)).rows;
  }

  parts = (id: string) =>
    this.rows<{ id: string; state: string; attempts: number; payload: { blobs: string[] }; result: { blobs: string[] } }>(
      'SELECT * FROM job WHERE parent_id = $1 ORDER BY id',
      [id],
    ); // prettier-ignore

  /** The process ids of this project's job processes. */
  jobProcesses = (): number[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => {
        try {
          const environment = readFileSync(`/proc/${name}/environ`, 'utf8');
          return environment.includes('ASSAY_PROCESS=job') && environment.includes(this.test.config.home);
        } catch {
          return false;
        }
      })
      .map(Number);

  blob = (digest: string): Buffer => {
    const { home } = this.test.config;
    const found = readdirSync(`${home}/blobs`, { recursive: true, withFileTypes: true }).find(
      (entry) => entry.isFile() && `${entry.parentPath}/${entry.name}`.replaceAll('/', '').endsWith(digest),
    );
    if (!found) throw new Error(`no blob ${digest}`);
    return readFileSync(`${found.parentPath}/${found.name}`);
  };
}

const KEYS = Array.from({ length: ROWS }, (_, i) => i);
const labelOf = (key: number) => (((key * 2_654_435_761) >>> 5) % 3 === 0 ? 'yes' : 'no');
const people = (from: number) =>
  `id,sex,y\n${KEYS.map((i) => `${from + i},${i % 3 === 0 ? 'm' : 'f'},${labelOf(from + i)}`).join('\n')}\n`;
const predictions = (from: number, salt = 1, keys = KEYS) =>
  `id,prediction,score\n${keys
    .map((i) => {
      const key = from + i;
      const score =
        ((key * 7919 * salt) % 1000) / 2000 + (labelOf(key) === 'yes' && key % (4 + salt) > 0 ? 0.5 : 0);
      return `${key},${score >= 0.5 ? 'yes' : 'no'},${score}`;
    })
    .join('\n')}\n`;

describe('an evaluation in shards', () => {
  let whole: World;
  let sharded: World;
  beforeAll(async () => {
    whole = await World.start(1_000_000);
    sharded = await World.start(ROWS / SHARDS);
  }, 120_000);
  afterAll(async () => {
    await whole?.stop();
    await sharded?.stop();
  });

  const evaluation = async (world: World, files: Record<string, string>) => {
    const job = await world.finished(await world.evaluate(files));
    expect(job).toMatchObject({ state: 'succeeded' });
    return (await world.get(`/evaluations/${job.result.evaluationId}`)).body;
  };

  it('is none where rows are clustered: a cluster may lie over two shards', async () => {
    const job = await sharded.finished(
      await sharded.evaluate({ validation: predictions(0) }, { cluster: 'sex' }),
    );
    expect(job).toMatchObject({ state: 'succeeded' });
    expect(await sharded.parts(job.id)).toEqual([]);
    const { splits } = (await sharded.get(`/evaluations/${job.result.evaluationId}`)).body;
    expect(splits.validation.metrics.accuracy).toMatchObject({ defined: true, n: ROWS, ci: null });
  });

  it('has the digest and the numbers of the same evaluation done whole', async () => {
    const files = { validation: predictions(0) };
    const expected = await evaluation(whole, files);
    const found = await evaluation(sharded, files);
    expect(found.digest).toBe(expected.digest);
    expect(found.splits).toEqual(expected.splits);
    expect(found.splits.validation.n).toBe(ROWS);
  });

  it('has the slices and the worst slices of the same evaluation done whole, which its shards hand over sealed', async () => {
    const files = { validation: predictions(0) };
    const protocol = { slices: [{ name: 'men', where: "sex = 'm'" }], search: { minimumRows: 100 } };
    const [expectedJob, id] = [
      await whole.evaluate(files, protocol),
      await sharded.evaluate(files, protocol),
    ];
    const expected = await whole.finished(expectedJob);
    const found = await sharded.finished(id);
    const [one, other] = [
      (await whole.get(`/evaluations/${expected.result.evaluationId}`)).body,
      (await sharded.get(`/evaluations/${found.result.evaluationId}`)).body,
    ];
    expect(other.digest).toBe(one.digest);
    expect(other.splits).toEqual(one.splits);
    expect(other.splits.validation.slices[0]).toMatchObject({ name: 'men', n: ROWS / 3 });
    expect(other.splits.validation.search.tried).toBeGreaterThan(0);
    const parts = await sharded.parts(id);
    expect(parts).toHaveLength(SHARDS);
    for (const { result } of parts)
      expect(result.blobs.map((digest) => isSealed(sharded.blob(digest)))).toEqual([true, false, true, true]);
  });

  it('takes one look, and leaves nothing readable of sealed labels, and nothing once it is swept', async () => {
    const files = { validation: predictions(0, 3), holdout: predictions(ROWS, 3) };
    const expected = await evaluation(whole, files);
    const id = await sharded.evaluate(files);
    const job = await sharded.finished(id);
    const found = (await sharded.get(`/evaluations/${job.result.evaluationId}`)).body;
    expect(found.splits.holdout.look).toBe(1);
    expect(found.splits.holdout.metrics).toEqual(expected.splits.holdout.metrics);
    expect(found.splits.holdout.groups).toEqual(expected.splits.holdout.groups);
    const parts = await sharded.parts(id);
    expect(parts).toHaveLength(2 * SHARDS);
    for (const { payload, result } of parts) {
      // Reductions; what was predicted stands in the client's file, too.
      expect(isSealed(sharded.blob(result.blobs[0]!))).toBe(true);
      expect(isSealed(sharded.blob(payload.blobs[0]!))).toBe(true);
      for (const digest of [...payload.blobs, ...result.blobs]) {
        const [row] = await sharded.rows<{ used: boolean }>('SELECT blob_in_use($1) AS used', [digest]);
        expect(row!.used).toBe(false);
      }
    }
  });

  it('is what it would have been although processes of its shards are killed', async () => {
    const files = { validation: predictions(0, 7) };
    const id = await sharded.evaluate(files);
    let again = 0;
    for (let killed = 0; killed < 3;) {
      const parts = await sharded.parts(id);
      if (parts.length > 0 && parts.every(({ state }) => state === 'succeeded')) break;
      again = Math.max(again, ...parts.map(({ attempts }) => attempts));
      if (parts.some(({ state, attempts }) => state === 'running' && attempts === 1)) {
        for (const pid of sharded.jobProcesses()) process.kill(pid, 'SIGKILL');
        killed += 1;
        await sleep(500);
      }
      await sleep(5);
    }
    const job = await sharded.finished(id);
    expect(job).toMatchObject({ state: 'succeeded' });
    const parts = await sharded.parts(id);
    expect(Math.max(again, ...parts.map(({ attempts }) => attempts))).toBeGreaterThan(1);
    const found = (await sharded.get(`/evaluations/${job.result.evaluationId}`)).body;
    expect(found.digest).toBe((await evaluation(whole, files)).digest);
  }, 180_000);

  it('keeps what its shards were given and made for as long as it is unfinished', async () => {
    const [given, made] = ['a'.repeat(64), 'b'.repeat(64)];
    const used = async () => {
      const rows = await sharded.rows<{ used: boolean }>(
        'SELECT blob_in_use(digest) AS used FROM unnest($1::text[]) digest',
        [[given, made]],
      );
      return rows.map((row) => row.used);
    };
    const insert = `INSERT INTO job (id, project_id, kind, payload, requested_by, request_id, state, parent_id, result, finished_at)
      SELECT $1, id, 'evaluation.compute', $2, '{}', 'r', $3, $4, $5, CASE WHEN $5::jsonb IS NULL THEN NULL ELSE now() END FROM project`;
    const [id, part] = ['01990000-0000-7000-8000-000000000001', '01990000-0000-7000-8000-000000000002'];
    await sharded.rows(insert, [id, '{}', 'queued', null, null]);
    await sharded.rows(insert, [part, { blobs: [given] }, 'succeeded', id, { blobs: [made] }]);
    expect(await used()).toEqual([true, true]);
    await sharded.rows(`UPDATE job SET state = 'cancelled', finished_at = now() WHERE id = $1`, [id]);
    expect(await used()).toEqual([false, false]);
  });

  it('refuses what does not fit in the same words, before any look', async () => {
    const looks = () => sharded.rows('SELECT used FROM holdout_budget ORDER BY used');
    const before = await looks();
    const some = KEYS.filter((i) => i % 7 !== 3);
    const files = {
      holdout: predictions(ROWS, 1, some).replaceAll(/,0\.9\d*$/gm, ',1.5'),
      validation: predictions(0),
    };
    const expected = await whole.finished(await whole.evaluate(files));
    const found = await sharded.finished(await sharded.evaluate(files));
    expect(found.error).toEqual(expected.error);
    expect(found.error).toMatchObject({
      code: 'PREDICTIONS_MISSING',
      details: { count: ROWS - some.length },
    });
    expect(await looks()).toEqual(before);
  });
});
