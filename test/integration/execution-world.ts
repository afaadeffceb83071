import { setTimeout as sleep } from 'node:timers/promises';
import { BlobStore } from '../../src/platform/storage/index.js';
import { Duck, literal } from '../../src/platform/duckdb/index.js';
import type { TestApp } from '../support/start-test-app.js';

export const WEIGHTS = [0.9, -1.4, 0.35, 2.1];
export const BIAS = -0.25;
export const FEATURES = ['a', 'b', 'c', 'd'];

/** The logistic model in double precision. */
export const plain = (row: readonly number[]): number =>
  1 / (1 + Math.exp(-row.reduce((sum, value, i) => sum + value * WEIGHTS[i]!, BIAS)));

/** Numbers in [0, 1) that are the same everywhere: xorshift32. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export interface Row {
  key: number;
  features: number[];
  label: string;
}

export function rowsOf(count: number, firstKey: number, seed: number): Row[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const features = FEATURES.map(() => Number((next() * 4 - 2).toFixed(4)));
    return { key: firstKey + i, features, label: next() < plain(features) ? 'yes' : 'no' };
  });
}

const csvOf = (rows: readonly Row[]) =>
  `id,a,b,c,d,word,y\n${rows.map(({ key, features, label }) => `${key},${features.join(',')},w${key % 3},${label}`).join('\n')}\n`;

/** A project over HTTP, as a client sees it. */
export class ExecutionWorld {
  constructor(
    readonly test: TestApp,
    readonly key: string,
  ) {}

  post(path: string, body: object, key = this.key) {
    return this.test.request
      .post(`/v1/projects/default${path}`)
      .set('authorization', `Bearer ${key}`)
      .send(body);
  }

  async get(path: string, key = this.key) {
    const answer = await this.test.request
      .get(`/v1/projects/default${path}`)
      .set('authorization', `Bearer ${key}`)
      .expect(200);
    return answer.body;
  }

  async upload(content: Buffer | string, filename: string): Promise<string> {
    const answer = await this.test.request
      .post(`/v1/projects/default/uploads?filename=${filename}`)
      .set({ authorization: `Bearer ${this.key}`, 'content-type': 'application/octet-stream' })
      .send(Buffer.from(content as string))
      .expect(201);
    return answer.body.id as string;
  }

  async finished(id: string) {
    for (;;) {
      const body = await this.get(`/jobs/${id}?wait=30`);
      if (!['queued', 'running'].includes(body.state as string)) return body;
      await sleep(20);
    }
  }

  async push(name: string, splits: Record<string, { role: string; rows: Row[] }>): Promise<void> {
    const sent = [];
    for (const [split, { role, rows }] of Object.entries(splits))
      sent.push({ name: split, role, uploadId: await this.upload(csvOf(rows), 'data.csv') });
    const { body } = await this.post(`/datasets/${name}/versions`, {
      splits: sent,
      key: 'id',
      label: 'y',
      looks: 20,
    }).expect(202);
    const job = await this.finished(body.job.id as string);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job));
  }

  async register(name: string, artifact: Buffer, filename: string): Promise<void> {
    await this.post(`/models/${name}/versions`, {
      artifactUploadId: await this.upload(artifact, filename),
    }).expect(201);
  }

  /** The job at its end. */
  async execute(model: string, dataset: string, execute: object, protocol?: object) {
    const { body } = await this.post('/evaluations', {
      modelVersion: model,
      datasetVersion: dataset,
      execute: { inputs: [{ features: FEATURES }], ...execute },
      ...(protocol ? { protocol } : {}),
    }).expect(202);
    return this.finished(body.job.id as string);
  }

  /** The stored scores of a split, by key. */
  async scores(evaluationId: string, split: string): Promise<Map<number, number>> {
    const { rows } = await this.test.database.admin.query<{ predictions_blob: string }>(
      'SELECT predictions_blob FROM evaluation_split WHERE evaluation_id = $1 AND split = $2',
      [evaluationId, split],
    );
    const path = await this.test.app.get(BlobStore).localPath(rows[0]!.predictions_blob);
    return this.test.app.get(Duck).with(async (db) => {
      const found = await db.rows<{ key: number; score: number }>(
        `SELECT key::DOUBLE AS key, score FROM read_parquet(${literal(path)})`,
      );
      return new Map(found.map(({ key, score }) => [key, score]));
    });
  }
}
