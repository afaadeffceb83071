import { readFileSync } from 'node:fs';
import type supertest from 'supertest';
import { expect, it } from 'vitest';

type Files = Record<string, { csv: string; role?: string; sealed?: boolean }>;

/** What the spec has whose server these cases share. */
interface Served {
  get(path: string): supertest.Test;
  post(path: string, body: object): supertest.Test;
  push(
    name: string,
    files: Files,
    more?: object,
  ): Promise<{ state: string; error: { code: string }; result: { datasetVersionId: string } }>;
  graphql(query: string, variables?: object): Promise<Record<string, never>>;
}

interface Edge {
  from: { datasetVersion: string | null; namespace: string | null; name: string | null; column: string };
  to: { datasetVersion: string; column: string };
  origin: string;
}

/** Columns of versions, and versions by digests. */
export function columnsCases({ get, post, push: pushed, graphql }: Served): void {
  const push: Served['push'] = (name, files, more = {}) => pushed(name, files, { label: null, ...more });
  const csv = 'id,pay,grade\n1,10.5,a\n2,20.5,b\n';
  const derived = 'id,wage\n1,100\n2,200\n';
  const lineage = async (ref: string, query = '') =>
    (
      (await get(`/dataset-versions/${ref}/column-lineage${query}`).expect(200)).body as { edges: Edge[] }
    ).edges.map(
      ({ from, to, origin }) =>
        `${to.datasetVersion}:${to.column} <- ${from.datasetVersion ?? `${from.namespace} ${from.name}`}:${from.column} ${origin}`,
    );

  it('tells where columns come from, as pushes say and as follows from parents', async () => {
    await push('payroll', { train: { csv } });
    const statement = {
      fields: {
        wage: {
          inputFields: [
            {
              namespace: 'assay',
              name: 'payroll@1',
              field: 'pay',
              transformations: [{ type: 'DIRECT', subtype: 'AGGREGATION' }],
            },
            {
              namespace: 'postgres://hr',
              name: 'staff',
              field: 'bonus',
              transformations: [{ type: 'DIRECT' }],
            },
          ],
        },
      },
      dataset: [
        {
          namespace: 'assay',
          name: 'payroll@1',
          field: 'grade',
          transformations: [{ type: 'INDIRECT', subtype: 'FILTER' }],
        },
      ],
    };
    const first = await push('wages', { train: { csv: derived } }, { columnLineage: statement });
    await push('wages', { train: { csv: `${derived}3,300\n` } }, { parent: '1' });
    const stated = [
      'wages@1:wage <- payroll@1:pay stated',
      'wages@1:wage <- postgres://hr staff:bonus stated',
      'wages@1:wage <- payroll@1:grade stated',
    ];
    expect(await lineage('wages@2', '?column=wage')).toEqual([
      'wages@2:wage <- wages@1:wage parent',
      ...stated,
    ]);
    expect(await lineage('wages@2', '?column=wage&depth=1')).toEqual(['wages@2:wage <- wages@1:wage parent']);
    expect(await lineage('payroll@1', '?column=pay&direction=downstream')).toEqual([
      'wages@1:wage <- payroll@1:pay stated',
      'wages@2:wage <- wages@1:wage parent',
    ]);
    expect((await lineage('payroll@1', '?column=grade&direction=downstream&depth=1')).sort()).toEqual([
      'wages@1:id <- payroll@1:grade stated',
      'wages@1:wage <- payroll@1:grade stated',
    ]);
    const query = `query ($ref: String!) { columnLineage(ref: $ref, column: "wage", depth: 1) { truncated
      edges { origin wholeVersion transformations { type subtype } from { column } } } }`;
    const answer = await graphql(query, { ref: first.result.datasetVersionId });
    expect(answer.columnLineage).toEqual({
      truncated: false,
      edges: [
        {
          origin: 'stated',
          wholeVersion: false,
          transformations: [{ type: 'DIRECT', subtype: 'AGGREGATION' }],
          from: { column: 'pay' },
        },
        {
          origin: 'stated',
          wholeVersion: false,
          transformations: [{ type: 'DIRECT', subtype: null }],
          from: { column: 'bonus' },
        },
        {
          origin: 'stated',
          wholeVersion: true,
          transformations: [{ type: 'INDIRECT', subtype: 'FILTER' }],
          from: { column: 'grade' },
        },
      ],
    });
    const facet = (await get('/dataset-versions/wages@1/column-lineage/openlineage').expect(200)).body;
    expect({ fields: facet.fields, dataset: facet.dataset }).toEqual(statement);
    // What it was pushed with leads to what it came from.
    const graph = (await get('/lineage?node=dataset:wages@1').expect(200)).body;
    expect(graph.nodes.map(({ label }: { label: string }) => label)).toContain('payroll@1');

    const again = await push('wages', { train: { csv: derived } }, { columnLineage: statement });
    expect(again).toMatchObject({ state: 'succeeded', result: { created: false } });
    const other = { columnLineage: [{ column: 'wage', from: [{ version: 'payroll@1', column: 'id' }] }] };
    const changed = await push('wages', { train: { csv: derived } }, other);
    expect(changed).toMatchObject({ state: 'failed', error: { code: 'COLUMN_LINEAGE_DIFFERS' } });
    const unknown = await push('wages', { train: { csv } }, other);
    expect(unknown).toMatchObject({ state: 'failed', error: { code: 'DATASET_COLUMN_UNKNOWN' } });
    expect(await lineage('wages@1', '?column=wage')).toEqual(stated);

    const refused = await post('/datasets/wages/versions', {
      splits: [{ name: 'train', role: 'train', uploadId: first.result.datasetVersionId }],
      columnLineage: [{ column: 'wage', from: [{ version: 'payroll@9', column: 'pay' }] }],
    });
    expect([refused.status, refused.body.code]).toEqual([404, 'DATASET_VERSION_NOT_FOUND']);
    const column = await get('/dataset-versions/wages@1/column-lineage?column=pay');
    expect([column.status, column.body.code]).toEqual([400, 'DATASET_COLUMN_UNKNOWN']);
  });

  it('finds versions by the digests of MLflow and OpenLineage, and runs may name them so', async () => {
    const vectors = JSON.parse(readFileSync('test/vectors/pandas-digest.json', 'utf8'));
    const { rows, digest } = vectors['mixed, 40 rows'] as { rows: string[][]; digest: string };
    const file = rows.map((row) => row.join(',')).join('\n');
    const known = [{ system: 'openlineage', namespace: 's3://b', name: 'frames', digest: 'v7' }];
    const { result } = await push(
      'frames',
      { train: { csv: file }, holdout: { csv: file.replaceAll('True', 'true') } },
      { digests: known, key: 'id', label: 'flag' },
    );
    const show = async (ref: string) => {
      const { status, body } = await get(`/dataset-versions/${encodeURIComponent(ref)}`);
      return status === 200 ? (body.id as string) : (body.code as string);
    };
    const version = (await get('/dataset-versions/frames@1').expect(200)).body;
    expect(version.digests).toEqual([
      { system: 'mlflow', namespace: null, name: null, split: 'train', digest, origin: 'computed' },
      { ...known[0], split: null, origin: 'stated' },
    ]);
    expect(version.mlflowDigest).toBe(version.contentId.slice(0, 36));
    for (const ref of [
      `mlflow:${digest}`,
      `mlflow:whatever#${digest}`,
      `mlflow:${version.mlflowDigest}`,
      'openlineage:s3://b#frames#v7',
      `openlineage:any#any#${version.contentId}`,
    ])
      expect([ref, await show(ref)]).toEqual([ref, result.datasetVersionId]);
    expect(await show('openlineage:s3://c#frames#v7')).toBe('DATASET_DIGEST_UNKNOWN');
    expect(await show('mlflow:a#b#c')).toBe('DATASET_REFERENCE_INVALID');

    await post('/experiments', { name: 'frames' }).expect(201);
    const inputs = [{ datasetVersion: `mlflow:frame#${digest}` }];
    const run = (await post('/runs', { experiment: 'frames', inputs }).expect(201)).body;
    expect(run.datasetVersionIds).toEqual([{ datasetVersionId: result.datasetVersionId, context: 'train' }]);

    await push('copies', { train: { csv: file } });
    const ambiguous = await post('/runs', { experiment: 'frames', inputs });
    expect(ambiguous).toMatchObject({
      status: 409,
      body: { code: 'DATASET_DIGEST_AMBIGUOUS', candidates: ['copies@1', 'frames@1'] },
    });
    // MLflow's name of it decides where it is Assay's.
    expect(await show(`mlflow:frames#${digest}`)).toBe(result.datasetVersionId);
    // Pushed again, it is known by one more.
    const stated = { digests: [{ system: 'mlflow', name: 'x', digest: 'abc123' }] };
    await push('copies', { train: { csv: file } }, stated);
    expect(await show('mlflow:y#abc123')).toBe('DATASET_DIGEST_UNKNOWN');
    expect((await get(`/dataset-versions/${encodeURIComponent('mlflow:x#abc123')}`)).body.dataset).toBe(
      'copies',
    );
  });
}
