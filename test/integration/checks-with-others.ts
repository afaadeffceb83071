import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import type { ApiClient } from '../support/api-client.js';
import type { TestApp } from '../support/start-test-app.js';

interface Check {
  id: string;
  check: string;
  status: string;
  failing: number;
  total: number;
  reason: string;
  facts: Record<string, unknown>;
}

/** On `crowd@1` of `checksOf`: checks that read more than the version that they are asked of, and rules that it suggests. */
export function checksWithOthers(
  world: () => { test: TestApp; admin: ApiClient; viewer: ApiClient },
  people: (prefix: string, kinds: number, from: number) => string,
): void {
  const ask = (ref: string, ...checks: object[]) =>
    world().admin.job<{ checks: Check[] }>(`dataset-versions/${ref}/checks`, { checks });
  const refusal = async (...checks: object[]) =>
    (await world().admin.send('post', 'dataset-versions/crowd@1/checks').send({ checks })).body as object;

  it('read the parent, and a version that they name', async () => {
    const { admin } = world();
    await admin.job('datasets/crowd/versions', {
      splits: [{ name: 'train', role: 'train', uploadId: await admin.upload(people('t', 400, 200)) }],
      key: 'id',
      label: 'y',
      parent: '1',
    });
    const { checks } = await ask(
      'crowd@2',
      { check: 'parent-drift' },
      { check: 'referential', parameters: { column: 'x', datasetVersion: 'crowd@1', inSplits: ['train'] } },
      {
        check: 'diversity',
        parameters: { domains: [{ column: 'y', minEffective: 1.9, values: ['yes', 'maybe'] }] },
      },
    );
    // x lies 200 further on; of 200 to 599 the parent has those to 389.
    expect(checks.map(({ check, status, failing, total }) => [check, status, failing, total])).toEqual([
      ['parent-drift', 'failed', 1, 4],
      ['referential', 'failed', 210, 400],
      ['diversity', 'failed', 1, 3],
    ]);
    expect(checks[0]!.reason).toBe('1 of 4 columns have drifted from crowd@1');
    const [first] = (await ask('crowd@1', { check: 'parent-drift' })).checks;
    expect(first).toMatchObject({ status: 'undefined', reason: 'the version has no parent' });
    const refers = (more: object) => ({ check: 'referential', parameters: { column: 'x', ...more } });
    expect(await refusal(refers({ datasetVersion: 'nobody@1' }))).toMatchObject({
      status: 404,
      code: 'DATASET_VERSION_NOT_FOUND',
    });
    expect(await refusal(refers({ datasetVersion: 'crowd@1', inColumn: 'y' }))).toMatchObject({
      code: 'CHECK_INVALID',
      fields: [{ path: 'checks[0].parameters.inColumn' }, { path: 'checks[0].parameters.inColumn' }],
    });
  });

  it('read an uploaded file of probabilities, and keep it; a digest alone opens none', async () => {
    const { admin, test } = world();
    // One row is as surely of the other class as the rest are of theirs.
    const rows = people('t', 390, 0).trim().split('\n').slice(1);
    const yes = rows.map((row, i) => (row.endsWith('yes') === (i !== 7) ? 0.9 : 0.1));
    const csv = `yes,no,id\n${rows.map((row, i) => `${yes[i]},${1 - yes[i]!},${row.split(',')[0]}`).join('\n')}\n`;
    const probabilities = ['no', 'yes'].map((name) => ({ class: name, column: name }));
    const check = { check: 'label-errors', splits: ['train'], parameters: { probabilities } };
    const uploadId = await admin.upload(csv);
    const [found] = (await ask('crowd@1', { ...check, uploadId })).checks as (Check & {
      datasetCheckId: string;
      first: { key: string; detail: string }[];
    })[];
    expect(found).toMatchObject({ status: 'failed', failing: 1, total: 400 });
    expect(found!.first).toMatchObject([{ key: 't007', detail: 'labelled yes, confident of no' }]);
    const { rows: kept } = await test.database.admin.query<{ digest: string }>(
      `SELECT c.question -> 'parameters' ->> 'file' AS digest FROM dataset_check c JOIN blob_reference b
         ON b.owner_id = c.id::text AND b.digest = c.question -> 'parameters' ->> 'file' WHERE c.id = $1`,
      [found!.datasetCheckId],
    );
    expect(kept).toHaveLength(1);
    const named = (file: string) => ({ ...check, parameters: { probabilities, file } });
    const again = await ask('crowd@1', named(kept[0]!.digest));
    expect(again.checks).toMatchObject([{ datasetCheckId: found!.datasetCheckId }]);
    for (const [asked, path] of [
      [named('0'.repeat(64)), undefined],
      [{ check: 'duplicates', uploadId }, 'checks[0].uploadId'],
      [{ ...named(kept[0]!.digest), uploadId }, 'checks[0].uploadId'],
    ] as const)
      expect(await refusal(asked)).toMatchObject({
        status: 400,
        code: 'CHECK_INVALID',
        ...(path && { fields: [{ path }] }),
      });
    expect(await refusal({ ...check, uploadId: found!.datasetCheckId })).toMatchObject({
      code: 'UPLOAD_NOT_FOUND',
    });
    await expect(
      ask('crowd@1', { ...check, uploadId: await admin.upload('id,no\nt000,1\n') }),
    ).rejects.toThrow(/CHECK_FILE_COLUMNS/);
  });

  it('suggest rules that the version keeps, on every transport', async () => {
    const { admin, viewer, test } = world();
    const path = 'dataset-versions/crowd@1/rule-suggestions';
    const suggested = await admin.job<{ checks: object[]; leftOut: object[] }>(path, {});
    // The label of holdout is sealed.
    expect(suggested.leftOut).toMatchObject([{ column: 'y' }]);
    expect((await admin.job<{ leftOut: object[] }>(path, { splits: ['train'] })).leftOut).toEqual([]);
    expect((await admin.send('post', path).send({ splits: ['none'] })).body).toMatchObject({
      code: 'SPLIT_NOT_FOUND',
    });
    expect((await viewer.send('post', path).send({})).status).toBe(403);
    const { suggestRules } = await admin.graphql<{ suggestRules: { kind: string } }>(
      'mutation { suggestRules(ref: "crowd@1", input: {}) { kind } }',
    );
    expect(suggestRules.kind).toBe('dataset.suggest-rules');
    const folder = await mkdtemp(join(tmpdir(), 'assay-rules-'));
    try {
      const said = { stdout: '', stderr: '' };
      const assay = (args: string[]) =>
        run(['dataset', ...args, '--url', test.url, '--api-key', test.apiKey, '--project', test.project], {
          env: {},
          cwd: folder,
          stdout: { write: (text) => (said.stdout += text) },
          stderr: { write: (text) => (said.stderr += text) },
        });
      expect(await assay(['suggest-rules', 'crowd@1']), said.stderr).toBe(0);
      expect(JSON.parse(said.stdout)).toEqual({ checks: suggested.checks });
      expect(said.stderr).toContain('nothing of y');
      const file = join(folder, 'rules.json');
      await writeFile(file, said.stdout);
      expect(await assay(['check', 'crowd@1', '--checks', file, '--fail']), said.stdout).toBe(0);
      const predictions = join(folder, 'p.csv');
      await writeFile(predictions, 'id\nt000\n');
      await writeFile(file, JSON.stringify({ checks: [{ check: 'duplicates', upload: predictions }] }));
      expect(await assay(['check', 'crowd@1', '--checks', file])).toBe(2);
      expect(said.stderr).toContain('it reads no file');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
