// What bench/push.mjs and bench/chunks.mjs share: a CSV file of 20 columns, and its ingestion without a server.
import { createReadStream } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const folder = '../dist/src';
const { AssayConfig } = await import(`${folder}/platform/config/index.js`);
const { Duck } = await import(`${folder}/platform/duckdb/index.js`);
const { FolderBlobStore, SealedFiles } = await import(`${folder}/platform/storage/index.js`);
const { ingestDataset } = await import(`${folder}/modules/datasets/ingest/ingest-dataset.js`);
const { planPush } = await import(`${folder}/modules/datasets/push-plan.js`);

const KINDS = [
  ['int64', (mixed) => `(${mixed} % 9973)::BIGINT`],
  ['double', (mixed) => `round((${mixed} % 1000003) / 1009.0, 4)`],
  ['text', (mixed) => `'t' || (${mixed} % 1000)`],
  ['double', (mixed) => `(${mixed} % 1000003) / 1000003.0`],
  ['date', (mixed) => `DATE '2020-01-01' + (${mixed} % 1500)::INT`],
  ['boolean', (mixed) => `${mixed} % 3 = 0`],
];
const COLUMNS = Array.from({ length: 18 }, (_, i) => ({ name: `c${i}`, kind: KINDS[i % KINDS.length] }));

export const DECLARED = Object.fromEntries([
  ['id', 'int64'],
  ['label', 'text'],
  ...COLUMNS.map(({ name, kind: [type] }) => [name, type]),
]);

/**
 * A CSV file with the key `id`, a label and 18 columns. `ids`: SQL of a table with the columns `i` (the key) and `shift`, which is another
 * number where a row has other values.
 */
export async function makeFile(path, ids) {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', threads: '1' });
  const connection = await instance.connect();
  const columns = COLUMNS.map(
    ({ name, kind: [, sql] }, i) => `${sql(`hash(i * 31 + shift + ${i})`)} AS ${name}`,
  );
  await connection.run(
    `COPY (SELECT i AS id, CASE WHEN hash(i) % 2 = 0 THEN 'yes' ELSE 'no' END AS label, ${columns.join(', ')} FROM (${ids}))
     TO '${path}' (FORMAT csv, HEADER)`,
  );
  connection.closeSync();
  instance.closeSync();
}

/** A folder that uploads and splits are stored in. */
export class Ingestion {
  constructor(home) {
    this.config = AssayConfig.fromEnvironment({ ASSAY_HOME: home });
    this.blobs = new FolderBlobStore(this.config);
    this.sealedFiles = new SealedFiles(this.blobs, () => Buffer.alloc(32, 9));
  }

  async upload(path) {
    const staged = await this.blobs.stage(createReadStream(path), { maxBytes: Number.POSITIVE_INFINITY });
    await staged.commit();
    return { id: staged.digest, digest: staged.digest, size: staged.size, filename: 'rows.csv' };
  }

  /** Answers what would become a version with the one split `train`. */
  run(upload, declaredTypes = {}, progress = () => Promise.resolve()) {
    const splits = [{ name: 'train', role: 'train', uploadId: upload.id }];
    const request = { splits, key: 'id', label: 'label', declaredTypes };
    const plan = { ...planPush('bench', request), parentId: null };
    const { blobs, sealedFiles } = this;
    return new Duck(this.config).with((db) =>
      ingestDataset(
        db,
        { blobs, sealedFiles },
        { plan, uploads: [upload], projectKey: Buffer.alloc(32), progress },
      ),
    );
  }
}
