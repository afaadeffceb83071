import { setTimeout as sleep } from 'node:timers/promises';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

export interface Answer {
  status: number;
  // The shapes are what these tests are about.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** A served project with data, models and evaluations, all made over HTTP: what gates and deployments are tested on. */
export class GatedProject {
  private constructor(
    readonly test: TestApp,
    readonly contributor: string,
    readonly approver: string,
  ) {}

  static async start(): Promise<GatedProject> {
    const test = await startTestApp({ workers: true });
    return new GatedProject(test, await test.key('contributor'), await test.key('approver'));
  }

  stop(): Promise<void> {
    return this.test.stop();
  }

  async get(path: string, key = this.test.apiKey): Promise<Answer> {
    return this.test.request.get(`/v1/projects/default${path}`).set('authorization', `Bearer ${key}`);
  }

  async post(path: string, body: object, key = this.test.apiKey): Promise<Answer> {
    return this.test.request
      .post(`/v1/projects/default${path}`)
      .set('authorization', `Bearer ${key}`)
      .send(body);
  }

  async graphql(query: string, variables: object = {}, key = this.test.apiKey): Promise<Answer['body']> {
    const answer = await this.test.request
      .post('/graphql')
      .set('authorization', `Bearer ${key}`)
      .send({ query, variables });
    if (answer.body.errors) throw new Error(JSON.stringify(answer.body.errors));
    return answer.body.data;
  }

  async upload(content: string): Promise<string> {
    const answer = await this.test.request
      .post('/v1/projects/default/uploads?filename=data.csv')
      .set({ authorization: `Bearer ${this.test.apiKey}`, 'content-type': 'application/octet-stream' })
      .send(Buffer.from(content));
    return answer.body.id as string;
  }

  async finished(id: string): Promise<Answer['body']> {
    for (;;) {
      const { body } = await this.get(`/jobs/${id}?wait=30`);
      if (!['queued', 'running'].includes(body.state)) return body;
      await sleep(20);
    }
  }

  /** `rows` rows in each of train, validation, holdout, and the domains north and south; `shared` rows of holdout stand in train too. `sealed` false: no split is. */
  async pushDataset(name: string, rows: number, shared = 0, sealed = true): Promise<void> {
    const splits = await Promise.all(
      SPLITS.map(async ({ split, role, domain }, i) => ({
        name: split,
        role,
        ...(domain === undefined ? {} : { domain }),
        ...(sealed ? {} : { sealed }),
        uploadId: await this.upload(people(keysOf(i, rows), split === 'holdout' ? shared : 0)),
      })),
    );
    const { body } = await this.post(`/datasets/${name}/versions`, {
      splits,
      key: 'id',
      label: 'y',
      protected: ['sex'],
    });
    const job = await this.finished(body.job.id);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
  }

  /** Two people of four rows, in a version that says so. */
  async pushSubjects(name: string, source: string, more: object = {}): Promise<void> {
    const uploadId = await this.upload('id,person,y\n1,p1,yes\n2,p1,no\n3,p2,yes\n4,p2,no\n');
    const { body } = await this.post(`/datasets/${name}/versions`, {
      splits: [{ name: 'train', role: 'train', uploadId }],
      key: 'id',
      label: 'y',
      subject: 'person',
      sources: [source],
      ...more,
    });
    const job = await this.finished(body.job.id);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
  }

  async runChecks(datasetVersion: string, checks: object[]): Promise<void> {
    const { body } = await this.post(`/dataset-versions/${datasetVersion}/checks`, { checks });
    const job = await this.finished(body.job.id);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
  }

  /** Ids of what was counted of the tested splits of a model version that was evaluated. */
  async countContamination(model: string, version = 1): Promise<string[]> {
    const { body } = await this.post(`/models/${model}/versions/${version}/contamination`, {});
    const job = await this.finished(body.job.id);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
    return job.result.counts.map((count: { contaminationCountId: string }) => count.contaminationCountId);
  }

  async profile(datasetVersion: string, split: string): Promise<void> {
    const { body } = await this.post(`/dataset-versions/${datasetVersion}/splits/${split}/profile`, {});
    const job = await this.finished(body.job.id);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
  }

  async registerModel(name: string, datasetVersions?: string[]): Promise<void> {
    const { status, body } = await this.post(`/models/${name}/versions`, {
      artifactUploadId: await this.upload(`weights ${name} ${Math.random()}`),
      datasetVersions,
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
  }

  /** Predictions that are wrong on one row in `wrong`, and for men also on one in `wrongForMen`. */
  async evaluate(
    model: string,
    dataset: string,
    rows: number,
    accuracy: Mistakes,
    splits = EVALUATED,
    protocol?: object,
  ): Promise<string> {
    const predictions = await Promise.all(
      splits.map(async (split) => ({
        split,
        uploadId: await this.upload(
          predict(
            keysOf(
              SPLITS.findIndex((each) => each.split === split),
              rows,
            ),
            accuracy,
          ),
        ),
      })),
    );
    const { body } = await this.post('/evaluations', {
      modelVersion: model,
      datasetVersion: dataset,
      predictions,
      protocol,
    });
    const job = await this.finished(body.job.id);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
    return job.result.evaluationId as string;
  }

  /** A log of Inspect with two samples in two epochs each, as another tool's evaluation. */
  async importResults(modelVersion: string): Promise<string> {
    const samples = [0, 1, 2, 3].map((i) => ({
      id: i % 2,
      epoch: 1 + Math.floor(i / 2),
      scores: { match: { value: i === 1 ? 'I' : 'C' } },
    }));
    const log = { version: 2, status: 'success', eval: { task: 'guide', model: 'small' }, samples };
    const uploadId = await this.upload(JSON.stringify(log));
    const { body } = await this.post('/evaluation-imports', { modelVersion, uploadId });
    const job = await this.finished(body.job.id);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
    return job.result.importedEvaluationId as string;
  }

  /** Asks the gate, waiting for the comparisons that it asks for. */
  async check(
    modelVersion: string,
    policy: string,
    extra: object = {},
    key = this.test.apiKey,
  ): Promise<Answer['body']> {
    for (;;) {
      const { status, body } = await this.post('/gate-decisions', { modelVersion, policy, ...extra }, key);
      if (status !== 202) return body;
      await this.finished(body.job.id);
    }
  }

  async pushPolicy(name: string, rules: object[], stage?: string, spec: object = {}): Promise<Answer> {
    return this.post('/policies', { document: policyDocument(name, rules, stage, spec) });
  }

  async rows<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.test.database.admin.query(sql, parameters)).rows as Row[];
  }

  async until(condition: () => Promise<boolean>): Promise<void> {
    for (let i = 0; i < 200; i++) {
      if (await condition()) return;
      await sleep(50);
    }
    throw new Error('waited 10 s in vain');
  }
}

export function policyDocument(name: string, rules: object[], stage?: string, spec: object = {}): object {
  return {
    apiVersion: 'assay/v1',
    kind: 'GatePolicy',
    metadata: { name, ...(stage ? { stage } : {}) },
    spec: { ...spec, rules },
  };
}

export interface Mistakes {
  wrong: number;
  wrongForMen?: number;
}

const SPLITS = [
  { split: 'train', role: 'train', domain: undefined },
  { split: 'validation', role: 'validation', domain: undefined },
  { split: 'holdout', role: 'holdout', domain: undefined },
  { split: 'north', role: 'cross_domain', domain: 'north' },
  { split: 'south', role: 'cross_domain', domain: 'south' },
];
export const EVALUATED = ['validation', 'holdout', 'north', 'south'];

const keysOf = (split: number, rows: number) =>
  Array.from({ length: rows }, (_, i) => split * 1_000_000 + i + 1);
const isYes = (key: number) => Math.floor(key / 2) % 2 === 0;
const isMan = (key: number) => key % 2 === 0;

function people(keys: readonly number[], shared: number): string {
  const rows = keys.map((key, i) => {
    // A shared row has the features of the training row in its place.
    const like = i < shared ? i + 1 : key;
    return `${key},${like * 0.5},${isMan(like) ? 'm' : 'f'},${isYes(like) ? 'yes' : 'no'}`;
  });
  return `id,x,sex,y\n${rows.join('\n')}\n`;
}

function predict(keys: readonly number[], { wrong, wrongForMen }: Mistakes): string {
  const rows = keys.map((key) => {
    // Decorrelated from the key's own parity.
    const draw = (Math.imul(key, 2_654_435_761) >>> 0) / 2 ** 32;
    const mistaken = draw < 1 / (wrongForMen !== undefined && isMan(key) ? wrongForMen : wrong);
    const yes = isYes(key) !== mistaken;
    const spread = ((Math.imul(key, 40_503) >>> 0) % 997) / 997;
    return `${key},${yes ? 'yes' : 'no'},${(yes ? 0.55 + 0.45 * spread : 0.45 * spread).toFixed(4)}`;
  });
  return `id,prediction,score\n${rows.join('\n')}\n`;
}
