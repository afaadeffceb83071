import { run } from '../../cli/main.js';
import type { VerifyReport } from '../../cli/verify/index.js';
import { RecordKinds, type RecordKind } from '../../src/platform/audit/index.js';
import { GatedProject, type Answer } from '../integration/gated-project.js';

export interface AuditRun {
  code: number;
  /** Null where the command failed without one. */
  report: VerifyReport | null;
  /** All that was written. */
  text: string;
}

const accurate = (atLeast: number) => ({ id: 'accurate', metric: 'accuracy', split: 'holdout', atLeast });
const NO_WORSE = {
  id: 'no-worse',
  compare: { to: 'champion', metric: 'accuracy', split: 'holdout', margin: 0.1 },
};

/**
 * A project in which everything has happened once that is ever recorded, made over HTTP: data pushed twice, a run, models,
 * evaluations, one of another tool, a comparison, policies in two versions, decisions (one stale), two promotions, a revoked key.
 */
export class AuditedStory {
  private constructor(
    readonly gated: GatedProject,
    readonly projectId: string,
    /** A FAIL, by comparison with the champion. */
    readonly decisionId: string,
  ) {}

  static async tell(): Promise<AuditedStory> {
    const gated = await GatedProject.start();
    const [{ id }] = (await gated.rows<{ id: string }>(`SELECT id FROM project WHERE name = 'default'`)) as [
      { id: string },
    ];
    await gated.pushDataset('people', 300, 20);
    await gated.pushDataset('people', 300, 20);
    await gated.profile('people@1', 'train');
    await gated.runChecks('people@1', [{ check: 'leakage', splits: ['train', 'holdout'] }]);
    await made(gated.post('/sources', { name: 'survey', kind: 'logs', personal: true, basis: 'consent' }));
    const from = [
      { version: 'people@1', column: 'y' },
      { namespace: 'warehouse', name: 'answers', column: 'reply' },
    ];
    await gated.pushSubjects('asked', 'survey', { columnLineage: [{ column: 'y', from }] });
    const erasure = await gated.post('/subjects/erase', { subject: 'p2' });
    await gated.finished(erasure.body.job.id);
    await made(gated.post('/subjects/withdraw', { subject: 'p1' }));
    await made(
      gated.post('/sampling-plans', {
        dataset: 'now',
        datasetVersion: 'asked@2',
        split: 'train',
        capacity: 5,
      }),
    );
    await made(gated.post('/sampling-plans/now/rows', { rows: [{ id: 1, person: 'p3', y: null }] }));
    const taking = await made(gated.post('/sampling-plans/now/samples', {}));
    await gated.finished(taking.job.id);
    await made(gated.post('/experiments', { name: 'wages', description: 'first' }));
    const started = {
      experiment: 'wages',
      params: { depth: '3' },
      tags: { by: 'ci' },
      inputs: [{ datasetVersion: 'people@1' }],
    };
    const runId = (await made(gated.post('/runs', started))).id as string;
    await made(
      gated.post(`/runs/${runId}/log`, { metrics: [{ key: 'loss', value: 0.5, step: 1, timestamp: 1 }] }),
      false,
    );
    await gated.registerModel('first');
    await made(
      gated.post('/models/first/versions', {
        artifactUploadId: await gated.upload('second weights'),
        runId,
        parent: 'first@1',
        description: 'better',
        tags: { a: 'b' },
      }),
    );
    await gated.evaluate('first@1', 'people', 300, { wrong: 20 });
    await gated.importResults('first@1');
    await made(gated.pushPolicy('live', [accurate(0.8)], 'production'));
    await gated.check('first@1', 'live', { stage: 'production' });
    await made(gated.pushPolicy('live', [accurate(0.7)], 'production'));
    await gated.check('first@1', 'live', { stage: 'production' });
    await made(gated.post('/promotions', { modelVersion: 'first@1', stage: 'production' }));
    await gated.evaluate('first@2', 'people', 300, { wrong: 30 });
    await gated.countContamination('first', 2);
    await made(gated.pushPolicy('compared', [NO_WORSE], 'production'));
    await gated.check('first@2', 'live', { stage: 'production' });
    await gated.check('first@2', 'compared', { stage: 'production' });
    await made(gated.post('/promotions', { modelVersion: 'first@2', stage: 'production' }));
    await gated.registerModel('first');
    await gated.evaluate('first@3', 'people', 300, { wrong: 2 });
    const { decisionId, verdict } = await gated.check('first@3', 'compared', { stage: 'production' });
    if (verdict !== 'FAIL') throw new Error(`a coin passed for a model: ${verdict}`);
    const revoked = await made(gated.post('/keys', { roles: ['viewer'], name: 'short', expires: '1d' }));
    await gated.test.request
      .delete(`/v1/projects/default/keys/${revoked.id}`)
      .set('authorization', `Bearer ${gated.test.apiKey}`)
      .expect((answer) => answer.status < 300 || Promise.reject(new Error(answer.text)));
    return new AuditedStory(gated, id, decisionId as string);
  }

  stop(): Promise<void> {
    return this.gated.stop();
  }

  get kinds(): RecordKind[] {
    return this.gated.test.app.get(RecordKinds).all;
  }

  /** `assay audit …` as a user calls it. */
  async audit(...args: string[]): Promise<AuditRun> {
    const written = { stdout: '', stderr: '' };
    const { url, apiKey } = this.gated.test;
    const code = await run(['audit', ...args, '--json'], {
      env: { ASSAY_URL: url, ASSAY_API_KEY: apiKey, ASSAY_PROJECT: this.projectId },
      cwd: this.gated.test.config.home,
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
    });
    const report = code < 2 ? (JSON.parse(written.stdout || 'null') as VerifyReport) : null;
    return { code, report, text: written.stdout + written.stderr };
  }
}

async function made(answer: Promise<Answer>, hasBody = true): Promise<Answer['body']> {
  const { status, body } = await answer;
  if (status >= 300 || (hasBody && !body)) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}
