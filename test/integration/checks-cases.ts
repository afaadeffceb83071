import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import { ApiClient } from '../support/api-client.js';
import type { TestApp } from '../support/start-test-app.js';
import { checksInGates } from './checks-in-gates.js';
import { checksWithOthers } from './checks-with-others.js';

interface Check {
  id: string;
  check: string;
  status: string;
  failing: number;
  total: number;
  reason: string;
  digest: string;
  parameters: object;
  first: { key: string | null }[];
}
interface Finding {
  split: string;
  row: number | null;
  key: string | null;
  otherKey: string | null;
  rule: string | null;
  detail: string | null;
}
interface Page<T> {
  items: T[];
  endCursor: string | null;
  hasNextPage: boolean;
}

const ROWS = 400;

/** Features repeat after `kinds` rows; ages 0 to 99; the last row is of nobody. */
const people = (prefix: string, kinds: number, from: number) =>
  `id,x,age,mail,y\n${Array.from({ length: ROWS }, (_, i) => `${prefix}${String(i).padStart(3, '0')},${from + (i % kinds)},${(i % kinds) % 100},${i === 200 ? 'nobody' : `a${i % kinds}@b.c`},${(i % kinds) % 2 ? 'yes' : 'no'}`).join('\n')}\n`;

/** On a service that runs workers: a spec of datasets starts it. */
export const checksOf = (started: () => TestApp) =>
  describe('checks of dataset versions', () => {
    let test: TestApp;
    let admin: ApiClient;
    let viewer: ApiClient;

    beforeAll(async () => {
      test = started();
      admin = new ApiClient(test);
      viewer = new ApiClient(test, await test.key('viewer'));
      await admin.job('datasets/crowd/versions', {
        splits: [
          { name: 'train', role: 'train', uploadId: await admin.upload(people('t', 390, 0)) },
          { name: 'holdout', role: 'holdout', uploadId: await admin.upload(people('h', 400, 380)) },
        ],
        key: 'id',
        label: 'y',
        protected: ['age'],
      });
    });

    const CHECKS = 'dataset-versions/crowd@1/checks';
    const ask = (...checks: object[]) => admin.job<{ checks: Check[] }>(CHECKS, { checks });
    const findings = (id: string, page = '') =>
      viewer.get<Page<Finding>>(`dataset-checks/${id}/findings${page}`);
    const refusal = async (...checks: object[]) =>
      (await admin.send('post', CHECKS).send({ checks })).body as object;

    it('say what fails, and list each row of it, page by page', async () => {
      const { checks } = await ask(
        { check: 'duplicates', splits: ['train'] },
        { check: 'leakage', splits: ['train', 'holdout'], parameters: { ignore: ['age', 'mail'] } },
        {
          check: 'rules',
          parameters: {
            rules: [
              { id: 'adult', test: 'range', column: 'age', min: 18, severity: 'warning' },
              { id: 'mail', test: 'matches', column: 'mail', pattern: '[a-z0-9]+@b\\.c' },
            ],
          },
        },
        { check: 'imbalance' },
      );
      expect(checks.map(({ check, status, failing, total }) => [check, status, failing, total])).toEqual([
        ['duplicates', 'failed', 10, ROWS],
        ['leakage', 'failed', 10, ROWS],
        ['rules', 'failed', 2, 2 * ROWS],
        ['imbalance', 'passed', 0, 2],
      ]);
      const { items } = await viewer.get<Page<Check>>(CHECKS);
      const [duplicates, leakage, rules] = ['duplicates', 'leakage', 'rules'].map((name) =>
        items.find(({ check }) => check === name)!,
      );
      const first = await findings(duplicates!.id, '?first=7');
      const rest = await findings(duplicates!.id, `?first=7&after=${first.endCursor}`);
      expect([first.hasNextPage, rest.hasNextPage]).toEqual([true, false]);
      expect([...first.items, ...rest.items].map(({ key, otherKey }) => [key, otherKey])).toEqual(
        Array.from({ length: 10 }, (_, i) => [`t${390 + i}`, `t00${i}`]),
      );
      // Features of a sealed split may be named: everybody can read them.
      expect((await findings(leakage!.id)).items.map(({ split, key }) => split + key).sort()).toEqual(
        Array.from({ length: 10 }, (_, i) => `holdouth00${i}`),
      );
      const broken = (await findings(rules!.id, '?first=500')).items;
      expect(broken.filter(({ rule }) => rule === 'mail').map(({ key }) => key)).toEqual(['t200', 'h200']);
      expect(rules!.parameters).toMatchObject({ rules: [{ severity: 'warning' }, { severity: 'error' }] });
    });

    it('are answered as they are when the same is asked again, whoever asks', async () => {
      const before = await viewer.get<Page<Check>>(CHECKS);
      const { checks } = await ask(
        { check: 'leakage', splits: ['train', 'holdout'], parameters: { ignore: ['mail', 'age'] } },
        { check: 'imbalance', splits: ['train'], parameters: { maxRatio: 9 } },
      );
      expect(checks).toHaveLength(2);
      expect(await viewer.get(CHECKS)).toEqual(before);
    });

    it('never read the labels of sealed splits', async () => {
      for (const check of [
        { check: 'conflicting-labels', splits: ['holdout'] },
        { check: 'label-rate-parity', splits: ['train', 'holdout'], parameters: { positive: 'yes' } },
        { check: 'rules', parameters: { rules: [{ id: 'a', test: 'row', expression: "y = 'yes'" }] } },
        { check: 'representation', parameters: { columns: ['y'] } },
      ])
        expect(await refusal(check)).toMatchObject({ status: 400, code: 'CHECK_READS_SEALED_LABELS' });
      // Left out, that is every open split.
      const { checks } = await ask({ check: 'conflicting-labels' });
      expect(checks[0]).toMatchObject({ splits: ['train'], status: 'passed' });
    });

    it('are refused where they mean nothing, with the place', async () => {
      expect(await refusal({ check: 'leakage', parameters: { ignored: [] } })).toMatchObject({
        status: 400,
        code: 'CHECK_INVALID',
        fields: [{ path: 'checks[0].parameters.ignored' }, { path: 'checks[0].splits' }],
      });
      const pattern = [{ id: 'a', test: 'matches', column: 'mail', pattern: '(' }];
      await expect(ask({ check: 'rules', parameters: { rules: pattern } })).rejects.toThrow(
        /CHECK_PATTERN_INVALID/,
      );
      expect((await viewer.send('post', CHECKS).send({ checks: [{ check: 'duplicates' }] })).status).toBe(
        403,
      );
      expect((await viewer.send('get', 'dataset-checks/none/findings')).body).toMatchObject({
        status: 404,
        code: 'DATASET_CHECK_NOT_FOUND',
      });
    });

    checksInGates(() => ({ test, admin }), ROWS);

    checksWithOthers(() => ({ test, admin, viewer }), people);

    it('are the same in GraphQL and on the command line', async () => {
      const { items } = await viewer.get<Page<Check>>(CHECKS);
      const { datasetChecks } = await viewer.graphql<{ datasetChecks: Page<Check> }>(
        '{ datasetChecks(ref: "crowd@1") { items { id check status failing total reason digest parameters facts first { key split } } } }',
      );
      expect(items).toMatchObject(datasetChecks.items);
      const { checkDataset } = await admin.graphql<{ checkDataset: { kind: string } }>(
        'mutation { checkDataset(ref: "crowd@1", input: { checks: [{ check: "duplicates" }] }) { kind } }',
      );
      expect(checkDataset.kind).toBe('dataset.check');
      const said = { stdout: '', stderr: '' };
      const assay = (args: string[]) =>
        run([...args, '--url', test.url, '--api-key', test.apiKey, '--project', test.project], {
          env: {},
          cwd: '/',
          stdout: { write: (text) => (said.stdout += text) },
          stderr: { write: (text) => (said.stderr += text) },
        });
      const check = ['dataset', 'check', 'crowd@1', '--check', 'duplicates,imbalance'];
      expect(await assay([...check, '--fail']), said.stderr).toBe(1);
      expect(said.stdout).toMatch(/duplicates +train, holdout +failed +10 +800 /);
      expect(said.stdout).toContain('t390');
      expect(await assay(['dataset', 'check', 'crowd@1'])).toBe(2);
    });
  });
