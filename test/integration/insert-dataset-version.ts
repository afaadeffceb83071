import { createHash, randomUUID } from 'node:crypto';
import type { TestApp } from '../support/start-test-app.js';

/** Version 1 of a dataset as its rows stand after a push, without the push: for tests of what comes after. Returns its id. */
export async function insertDatasetVersion(test: TestApp, projectId: string, name: string): Promise<string> {
  const [datasetId, id] = [randomUUID(), randomUUID()];
  const { admin } = test.database;
  await admin.query('INSERT INTO dataset (id, project_id, name, latest_version) VALUES ($1, $2, $3, 1)', [
    datasetId,
    projectId,
    name,
  ]);
  await admin.query(
    `INSERT INTO dataset_version (id, project_id, dataset_id, version, content_id, encoding_version, schema, label_classes, created_by)
     VALUES ($1, $2, $3, 1, $4, 1, $5, '[]', 'test')`,
    [
      id,
      projectId,
      datasetId,
      createHash('sha256').update(name).digest('hex'),
      JSON.stringify({ columns: [], key: null, label: null, protected: [] }),
    ],
  );
  await admin.query(
    `INSERT INTO lineage_node (project_id, kind, id, label) VALUES ($1, 'datasetVersion', $2, $3)`,
    [projectId, id, `${name}@1`],
  );
  return id;
}
