import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { AuditedStory } from '../support/audited-story.js';
import { Superuser } from '../support/superuser.js';

/** What relies on a record or a file refuses it once it was changed, without anybody asking for a verification. */
describe('what was changed behind Assay', () => {
  let story: AuditedStory;
  let superuser: Superuser;

  beforeAll(async () => {
    story = await AuditedStory.tell();
    superuser = await Superuser.login(story.gated.test.database.admin);
  });
  afterAll(async () => {
    superuser?.logout();
    await story?.stop();
  });

  const whileChanged = <T>(table: string, statement: string, work: () => Promise<T>): Promise<T> =>
    superuser.whileChanged(
      [table],
      async () => {
        expect((await superuser.client.query(statement)).rowCount).toBeGreaterThan(0);
      },
      work,
    );

  const check = () =>
    story.gated.post('/gate-decisions', { modelVersion: 'first@3', policy: 'compared', stage: 'production' });
  const promote = () => story.gated.post('/promotions', { modelVersion: 'first@3', stage: 'production' });
  const flip = (column: string, from: string, to: string) =>
    `${column} = replace(${column}::text, '${from}', '${to}')::${column === 'document' ? 'jsonb' : 'json'}`;

  it.each([
    [
      'evidence',
      'evaluation_split',
      `UPDATE evaluation_split SET ${flip('evidence', '"n":300', '"n":301')}`,
      'evaluation',
    ],
    ['rows of a split', 'dataset_split', `UPDATE dataset_split SET rows = rows + 1`, 'datasetVersion'],
    [
      'the root of a split',
      'dataset_split',
      `UPDATE dataset_split SET root = reverse(root) WHERE name = 'train'`,
      'datasetVersion',
    ],
    ['the budget of looks', 'holdout_budget', `UPDATE holdout_budget SET used = used - 1`, 'holdoutBudget'],
    [
      'a threshold of the policy',
      'gate_policy',
      `UPDATE gate_policy SET ${flip('document', '0.1', '0.9')} WHERE name = 'compared'`,
      'policy',
    ],
    [
      'the weights of the model',
      'model_version',
      `UPDATE model_version SET artifact_digest = repeat('0', 64)`,
      'modelVersion',
    ],
    [
      'the comparison',
      'paired_comparison',
      `UPDATE paired_comparison SET split = split, statistics = replace(statistics::text, '"n":300', '"n":301')::json`,
      'comparison',
    ],
    [
      'the champion',
      'champion',
      `UPDATE champion SET model_version_id = (SELECT id FROM model_version WHERE version = 1)`,
      'champion',
    ],
    [
      'the weights of the baseline alone',
      'model_version',
      `UPDATE model_version SET artifact_digest = repeat('0', 64) WHERE id = (SELECT model_version_id FROM champion)`,
      'modelVersion',
    ],
    [
      'the evidence of the baseline alone',
      'evaluation_split',
      `UPDATE evaluation_split SET ${flip('evidence', '"n":300', '"n":301')} WHERE evaluation_id IN
        (SELECT e.id FROM evaluation e JOIN champion c ON c.model_version_id = e.model_version_id)`,
      'evaluation',
    ],
    ['the champion, taken away', 'champion', `DELETE FROM champion`, 'champion'],
    ['an endorsement, taken away', 'dataset_endorsement', `DELETE FROM dataset_endorsement`, 'endorsement'],
  ])('is refused by gate and promotion, which name it: %s', async (_, table, statement, kind) => {
    await whileChanged(table, statement, async () => {
      for (const answer of [await check(), await promote()]) {
        expect(answer.status).toBe(500);
        expect(answer.body).toMatchObject({
          code: 'RECORD_ALTERED',
          detail: expect.stringContaining(kind),
          remedy: expect.stringContaining('assay audit verify'),
          record: { kind, id: expect.any(String) },
        });
      }
    });
    expect((await check()).status).toBe(200);
  });

  it.each([
    [
      'the verdict of its document',
      `UPDATE gate_decision SET document = jsonb_set(document, '{verdict}', '"PASS"'), verdict = 'PASS' WHERE verdict = 'FAIL'`,
    ],
    [
      'one digit of its digest',
      `UPDATE gate_decision SET digest = translate(digest, '0123456789', '1023456789')`,
    ],
    ['when it expires', `UPDATE gate_decision SET expires_at = expires_at + interval '1 microsecond'`],
  ])(
    'is refused where a decision is read, shown with its proof, or promoted on: %s',
    async (_, statement) => {
      const path = `/gate-decisions/${story.decisionId}`;
      await whileChanged('gate_decision', statement, async () => {
        const answers = [
          await story.gated.get(path),
          await story.gated.get(`${path}/bundle`),
          await promote(),
        ];
        for (const { status, body } of answers) {
          expect([status, body.code, body.record?.kind]).toEqual([500, 'RECORD_ALTERED', 'gateDecision']);
        }
      });
      expect((await story.gated.get(path)).status).toBe(200);
    },
  );

  it('is refused where a stale decision is made to stand again', async () => {
    const [{ id }] = (await story.gated.rows<{ id: string }>(
      'SELECT gate_decision_id AS id FROM gate_decision_staleness',
    )) as [{ id: string }];
    await whileChanged('gate_decision_staleness', 'DELETE FROM gate_decision_staleness', async () => {
      const { status, body } = await story.gated.get(`/gate-decisions/${id}`);
      expect([status, body.code, body.record]).toEqual([500, 'RECORD_ALTERED', { kind: 'staleness', id }]);
    });
  });

  it('is no evidence when an evaluation would read other labels', async () => {
    const swap = `UPDATE dataset_split t SET label_digest = (SELECT o.manifest_digest FROM dataset_split o
      WHERE o.dataset_version_id = t.dataset_version_id AND o.name = 'validation') WHERE t.name = 'holdout'`;
    await whileChanged('dataset_split', swap, async () => {
      const predictions = [
        { split: 'holdout', uploadId: await story.gated.upload('id,prediction\n2000001,yes\n') },
      ];
      const asked = { modelVersion: 'first@3', datasetVersion: 'people@1', predictions };
      const { status, body } = await story.gated.post('/evaluations', asked);
      expect([status, body.code, body.record?.kind]).toEqual([500, 'RECORD_ALTERED', 'datasetVersion']);
    });
  });

  it('is found by its record where a row was put there: a key, a PASS, an endorsement', async () => {
    const inserted = [
      [
        'api_key',
        `INSERT INTO api_key SELECT gen_random_uuid(), project_id, 'mine', prefix, sha256('secret'), '{admin}', '{}', NULL, NULL, NULL, now(), created_by FROM api_key LIMIT 1`,
        'apiKey',
      ],
      [
        'gate_decision',
        `INSERT INTO gate_decision SELECT gen_random_uuid(), project_id, model_version_id, policy_id, dataset_version_id, stage, 'PASS', document, digest, inputs_digest, decided_at, expires_at, created_by FROM gate_decision LIMIT 1`,
        'gateDecision',
      ],
      [
        'gate_decision_staleness',
        `INSERT INTO gate_decision_staleness SELECT '${story.decisionId}', project_id, reason, now() FROM gate_decision_staleness LIMIT 1`,
        'staleness',
      ],
    ] as const;
    for (const [table, statement, kind] of inserted) {
      await whileChanged(table, statement, async () => {
        const { code, report } = await story.audit('verify');
        expect(code).toBe(1);
        expect(report!.culprit).toMatchObject({
          code: 'RECORD_ALTERED',
          field: expect.stringMatching(`^${kind} `),
          reason: expect.stringContaining('somebody put it there'),
        });
      });
    }
    expect((await story.audit('verify')).code).toBe(0);
  });

  it('is refused where it was put there: an endorsement of own data, a champion that never passed', async () => {
    const { test } = story.gated;
    const contributor = new ApiClient(test, await test.key('contributor'));
    const csv = `id,y\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 2 ? 'yes' : 'no'}\n`).join('')}`;
    const split = { name: 'holdout', role: 'holdout', uploadId: await contributor.upload(csv) };
    await contributor.job('datasets/own/versions', { splits: [split], key: 'id', label: 'y' });
    const ask = (more: object) =>
      story.gated.post('/gate-decisions', { modelVersion: 'first@3', policy: 'live', dryRun: true, ...more });

    const endorse = `INSERT INTO dataset_endorsement (dataset_version_id, project_id, endorsed_by)
      SELECT v.id, v.project_id, v.created_by FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id WHERE d.name = 'own'`;
    await whileChanged('dataset_endorsement', endorse, async () => {
      const { status, body } = await ask({ datasetVersion: 'own@1' });
      expect([status, body.code, body.record?.kind]).toEqual([500, 'RECORD_ALTERED', 'endorsement']);
    });
    const crown = `INSERT INTO champion (project_id, model_id, stage, model_version_id, updated_by)
      SELECT project_id, model_id, 'staging', model_version_id, updated_by FROM champion`;
    await whileChanged('champion', crown, async () => {
      const { status, body } = await ask({ policy: 'compared', stage: 'staging' });
      expect([status, body.code, body.record?.kind]).toEqual([500, 'RECORD_ALTERED', 'champion']);
    });
    const answers = [
      await ask({ datasetVersion: 'own@1' }),
      await ask({ policy: 'compared', stage: 'staging' }),
    ];
    expect(answers.map(({ status, body }) => [status, body.verdict])).toEqual([
      [200, 'INCONCLUSIVE'],
      [200, 'INCONCLUSIVE'],
    ]);
  });
});
