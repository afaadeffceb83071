import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ApiClient } from '../support/api-client.js';
import type { TestApp } from '../support/start-test-app.js';

const ADULT = new URL('../../../shared/data/adult/', import.meta.url).pathname;
const hasAdult = existsSync(ADULT);
if (!hasAdult) console.error(`SKIPPED: the gate on Adult needs ${ADULT}`);
const NAMES =
  'age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,race,sex,capital_gain,capital_loss,hours_per_week,native_country,income';

/** On `crowd@1` of `checksOf`, with `rowCount` rows in each split, of which the duplicates in train have been counted. */
export function checksInGates(world: () => { test: TestApp; admin: ApiClient }, rowCount: number): void {
  it('decide a gate: with the keys where rows fail, undecided where nobody asked, and not believed once changed', async () => {
    const { test, admin } = world();
    await admin.post('models/credit/versions', { artifactUploadId: await admin.upload('weights') });
    const says = Array.from(
      { length: rowCount },
      (_, i) => `h${String(i).padStart(3, '0')},${i % 2 ? 'yes' : 'no'}`,
    );
    const predictions = [
      { split: 'holdout', uploadId: await admin.upload(`id,prediction\n${says.join('\n')}\n`) },
    ];
    await admin.job('evaluations', { modelVersion: 'credit@1', datasetVersion: 'crowd@1', predictions });
    const rule = (id: string, check: object) => ({ id, check });
    const gate = async (name: string, ...rules: object[]) => {
      await admin.post('policies', {
        document: { apiVersion: 'assay/v1', kind: 'GatePolicy', metadata: { name }, spec: { rules } },
      });
      return admin.send('post', 'gate-decisions').send({ modelVersion: 'credit@1', policy: name });
    };
    const duplicates = { id: 'duplicates', splits: ['train'] };
    const few = { check: 'imbalance', splits: ['train'] };
    const decision = (
      await gate(
        'clean',
        rule('copies', duplicates),
        rule('some-copies', { ...duplicates, maxFailing: 10 }),
        rule('balance', { id: few.check, splits: few.splits }),
        rule('unasked', { id: 'outliers', splits: ['train'], parameters: { fence: 2.5 } }),
        rule('labels', { id: 'conflicting-labels', splits: ['holdout'] }),
      )
    ).body as { rules: { id: string; verdict: string; reason: string; remedy: string }[] };
    const by = Object.fromEntries(decision.rules.map((one) => [one.id, one]));
    expect(Object.values(by).map(({ verdict }) => verdict)).toEqual([
      'FAIL',
      'PASS',
      'PASS',
      'INCONCLUSIVE',
      'INCONCLUSIVE',
    ]);
    expect(by.copies!.reason).toContain('10 of 400 rows stand before in the same split');
    expect(by.copies!.reason).toContain('t390');
    expect(by.unasked!.remedy).toContain('assay dataset check');
    const change = (by: number) =>
      test.database.admin.query(
        `UPDATE dataset_check SET failing = failing + $1 WHERE question ->> 'check' = 'duplicates'`,
        [by],
      );
    await change(1);
    const altered = await admin
      .send('post', 'gate-decisions')
      .send({ modelVersion: 'credit@1', policy: 'clean' });
    expect(altered.body).toMatchObject({ code: 'RECORD_ALTERED' });
    await change(-1);
  });

  it.skipIf(!hasAdult)(
    'fail a gate on Adult: 23 rows of the test stand in train, by their keys',
    async () => {
      const { admin } = world();
      await admin.post('models/census/versions', { artifactUploadId: await admin.upload('of Adult') });
      const split = async (part: string, role: string) => {
        const rows = readFileSync(`${ADULT}adult-${part}.csv`, 'utf8').trim().split('\n');
        const lines = rows.map(
          (row, i) => `${part}-${i + 1},${row.replaceAll(', ', ',').replace(/\.$/, '')}`,
        );
        return { name: part, role, uploadId: await admin.upload(`id,${NAMES}\n${lines.join('\n')}\n`) };
      };
      const splits = [await split('train', 'train'), await split('test', 'validation')];
      await admin.job('datasets/adult/versions', { splits, key: 'id', label: 'income' });
      const leakage = { check: 'leakage', splits: ['train', 'test'] };
      const { checks } = await admin.job<{ checks: { failing: number; total: number }[] }>(
        'dataset-versions/adult@1/checks',
        {
          checks: [leakage, { ...leakage, parameters: { ignore: ['fnlwgt'] } }],
        },
      );
      expect(checks.map(({ failing, total }) => [failing, total])).toEqual([
        [23, 16_281],
        [2_586, 16_281],
      ]);
      const rules = [{ id: 'leaks', check: { id: 'leakage', splits: ['train', 'test'] } }];
      await admin.post('policies', {
        document: {
          apiVersion: 'assay/v1',
          kind: 'GatePolicy',
          metadata: { name: 'leaks' },
          spec: { dataset: 'adult@1', rules },
        },
      });
      const { body } = await admin
        .send('post', 'gate-decisions')
        .send({ modelVersion: 'census@1', policy: 'leaks' });
      expect(body).toMatchObject({ verdict: 'FAIL' });
      expect((body as { rules: { reason: string }[] }).rules[0]!.reason).toMatch(
        /23 of 16,281 rows of test stand in train; the first: "test-\d+" of test/,
      );
    },
  );
}
