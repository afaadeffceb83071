import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Client, Refused } from './client.js';
import { people, predictions } from './people.js';
import type { Random } from './random.js';

interface JobBody {
  id: string;
  kind: string;
  state: string;
  progress: number;
  result: Record<string, unknown> | null;
  error: { code: string; message: string } | null;
}

interface DecisionBody {
  decisionId: string;
  verdict: string;
}

/** Told how far an operation is: `accepted` when its job is, `progress` when that job is under way. */
export type Phase = 'sent' | 'accepted' | 'progress';
export type Listener = (phase: Phase) => void;

const silent: Listener = () => undefined;
export const STAGE = 'production';
const JUDGED_ON = { holdout: { split: 2, rows: 300 }, validation: { split: 1, rows: 150 } };
const JOB_WITHIN_MS = 150_000;

/** What clients of a project do, over HTTP, with everything that was promised written into the client's ledger. */
export class Workload {
  private tag: number;

  constructor(
    private readonly client: Client,
    private readonly random: Random,
  ) {
    this.tag = random.below(1_000_000_000);
  }

  /** What the rest of the work stands on: judged data, a baseline, two policies for one stage. */
  async prepare(): Promise<void> {
    await this.pushSplits('people', [
      ['train', 'train', 0, 100],
      ['validation', 'validation', 1, JUDGED_ON.validation.rows],
      ['holdout', 'holdout', 2, JUDGED_ON.holdout.rows],
    ]);
    const profile = 'dataset-versions/people@1/splits/train/profile';
    await this.job(await this.client.post<{ job: JobBody }>(profile, {}), silent);
    await this.register('ranker');
    await this.evaluate('ranker@1');
    await this.policy('sure', 0.6);
    const rule = {
      id: 'baseline',
      compare: { to: 'ranker@1', metric: 'accuracy', split: 'holdout', margin: 0.2 },
      // By the estimate: after the thousands of looks of a long run nothing is left of alpha.
      decideOn: 'point',
    };
    await this.pushPolicy('versus', rule);
    await this.client.post('experiments', { name: 'trials' });
  }

  /** Push a version of one of two datasets, now and then rows that are there already. */
  async push(
    told: Listener = silent,
    tag = this.random.chance(0.2) ? 7 : this.next(),
    dataset = this.random.pick(['stream-a', 'stream-b']),
  ): Promise<void> {
    const splits: SplitPlan[] = [
      ['train', 'train', 10, 1_200],
      ['holdout', 'holdout', 11, 400],
    ];
    await this.pushSplits(dataset, splits, tag, told);
  }

  /** A model version from registration to its evaluation. */
  async evaluation(told: Listener = silent): Promise<void> {
    await this.evaluate(await this.register('ranker'), told);
  }

  /** A decision, with the comparison that it needs. */
  async gateCheck(told: Listener = silent): Promise<void> {
    const version = await this.register('ranker');
    await this.evaluate(version);
    await this.check(version, 'versus', told);
  }

  /** The whole way to a stage. */
  async promotion(told: Listener = silent): Promise<string> {
    const version = await this.register('ranker');
    await this.evaluate(version);
    await this.check(version, 'sure');
    await this.check(version, 'versus');
    told('sent');
    const { body } = await this.client.post<{ id: string; modelVersionId: string; stage: string }>(
      'promotions',
      {
        modelVersion: version,
        stage: STAGE,
      },
    );
    this.client.ledger.promotions.set(body.id, body);
    return version;
  }

  /** Promote what no gate has let through: refused, whatever is killed. */
  async unearnedPromotion(): Promise<void> {
    const version = await this.register('ranker');
    const refused = await this.client
      .post('promotions', { modelVersion: version, stage: STAGE })
      .then(() => null)
      .catch((error: unknown) => error);
    if (!(refused instanceof Refused) || refused.code !== 'PROMOTION_REFUSED')
      throw new Error(`an unearned promotion was not refused: ${String(refused)}`);
  }

  async key(revoked = this.random.chance(0.5)): Promise<void> {
    const { ledger } = this.client;
    const { body } = await this.client.postOnce<{ id: string }>(
      'keys',
      {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ roles: ['viewer'], name: `crash-${this.next()}` }),
      },
      () => (ledger.maybe.keys += 1),
    );
    ledger.keys.set(body.id, { revoked: false });
    if (revoked) {
      await this.client.delete(`keys/${body.id}`);
      ledger.keys.set(body.id, { revoked: true });
    }
  }

  async run(): Promise<void> {
    const { ledger } = this.client;
    const { body } = await this.client.post<{ id: string }>('runs', {
      experiment: 'trials',
      inputs: [{ datasetVersion: 'people@1' }],
    });
    ledger.runs.set(body.id, { ended: false });
    await this.client.post(`runs/${body.id}/log`, {
      params: { seed: String(this.next()) },
      metrics: [{ key: 'loss', value: 0.5, step: 1, timestamp: 1 }],
    });
    await this.client.post(`runs/${body.id}/finish`, {});
    ledger.runs.set(body.id, { ended: true });
  }

  /** A policy of a stage of its own, or again one that is there. */
  async policy(
    name = this.random.pick(['spare-a', 'spare-b']),
    atLeast = this.random.pick([0.5, 0.6]),
  ): Promise<void> {
    const stage = name === 'sure' ? STAGE : 'spare';
    await this.pushPolicy(
      name,
      { id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast, decideOn: 'point' },
      stage,
    );
  }

  /** At least one of everything, so that a checker has everything to look at. */
  async everything(): Promise<void> {
    await this.promotion();
    const version = await this.promotion();
    // A decision that has become stale.
    await this.evaluate(version);
    for (let again = 0; again < 2; again += 1) await this.push(silent, 7, 'stream-a');
    await this.key(true);
    await this.run();
    for (const atLeast of [0.5, 0.6]) await this.policy('spare-a', atLeast);
  }

  /** Anything at all. */
  async anything(): Promise<void> {
    const draw = this.random.below(10);
    if (draw < 3) await this.push();
    else if (draw < 5) await this.evaluation();
    else if (draw < 6) await this.unearnedPromotion();
    else if (draw < 8) await this.key();
    else if (draw < 9) await this.run();
    else await this.policy();
  }

  private next(): number {
    return (this.tag = (this.tag + 1) % 1_000_000_000);
  }

  private async upload(content: string): Promise<string> {
    const { ledger } = this.client;
    const { body } = await this.client.postOnce<{ id: string; digest: string; size: number }>(
      'uploads?filename=data.csv',
      { headers: { 'content-type': 'application/octet-stream' }, body: content },
      () => (ledger.maybe.uploads += 1),
    );
    const digest = createHash('sha256').update(content).digest('hex');
    if (body.digest !== digest || body.size !== Buffer.byteLength(content))
      throw new Error(`an upload came back as another: ${JSON.stringify(body)}`);
    ledger.uploads.set(body.id, body);
    return body.id;
  }

  private async pushSplits(dataset: string, plans: SplitPlan[], tag = 0, told = silent): Promise<void> {
    const splits = [];
    for (const [name, role, split, rows] of plans)
      splits.push({ name, role, uploadId: await this.upload(people(split, rows, tag)) });
    told('sent');
    const request = { splits, key: 'id', label: 'y', protected: ['sex'], looks: 100_000 };
    await this.job(await this.client.post<{ job: JobBody }>(`datasets/${dataset}/versions`, request), told);
  }

  private async register(model: string): Promise<string> {
    const artifactUploadId = await this.upload(`weights ${model} ${this.next()}`);
    const { body } = await this.client.post<{ id: string; model: string; version: number }>(
      `models/${model}/versions`,
      { artifactUploadId, datasetVersions: ['people@1'] },
    );
    this.client.ledger.modelVersions.set(body.id, body);
    return `${body.model}@${body.version}`;
  }

  private async evaluate(modelVersion: string, told = silent): Promise<void> {
    // Others' predictions again are no new look; its own are.
    const tag = this.random.chance(0.2) ? 7 : this.next();
    const judged = [];
    for (const [split, { split: number, rows }] of Object.entries(JUDGED_ON))
      judged.push({ split, uploadId: await this.upload(predictions(number, rows, tag)) });
    told('sent');
    const request = { modelVersion, datasetVersion: 'people@1', predictions: judged };
    await this.job(await this.client.post<{ job: JobBody }>('evaluations', request), told);
  }

  private async check(modelVersion: string, policy: string, told = silent): Promise<void> {
    for (;;) {
      told('sent');
      const answer = await this.client.post<DecisionBody | { job: JobBody }>('gate-decisions', {
        modelVersion,
        policy,
        stage: STAGE,
      });
      if (answer.status === 202) {
        await this.job(answer as Answer<{ job: JobBody }>, told);
        continue;
      }
      const { decisionId, verdict } = answer.body as DecisionBody;
      if (verdict !== 'PASS') throw new Error(`${policy} on ${modelVersion}: ${JSON.stringify(answer.body)}`);
      this.client.ledger.decisions.set(decisionId, { verdict });
      return;
    }
  }

  private async pushPolicy(name: string, rule: object, stage = STAGE): Promise<void> {
    const { body } = await this.client.post<{ id: string; name: string; version: number }>('policies', {
      document: {
        apiVersion: 'assay/v1',
        kind: 'GatePolicy',
        metadata: { name, stage },
        spec: { rules: [rule] },
      },
    });
    this.client.ledger.policies.set(body.id, body);
  }

  /** What was accepted completes: waits until it has, and takes no other end for an answer. */
  private async job({ status, body }: Answer<{ job: JobBody }>, told: Listener): Promise<void> {
    if (status !== 202) throw new Error(`expected 202, not ${status}: ${JSON.stringify(body)}`);
    const { id, kind } = body.job;
    const { jobs } = this.client.ledger;
    jobs.set(id, { id, kind });
    told('accepted');
    const giveUp = performance.now() + JOB_WITHIN_MS;
    for (;;) {
      const { body: job } = await this.client.get<JobBody>(`jobs/${id}`);
      if (job.state === 'succeeded') return void jobs.set(id, { id, kind, result: job.result! });
      if (job.state !== 'queued' && job.state !== 'running')
        throw new Error(`accepted job ${id} (${kind}) ended as ${job.state}: ${JSON.stringify(job.error)}`);
      if (job.state === 'running') told('progress');
      if (performance.now() > giveUp)
        throw new Error(`accepted job ${id} (${kind}) is ${job.state} after ${JOB_WITHIN_MS} ms`);
      await sleep(25);
    }
  }
}

/** Name, role, number and rows of a split. */
type SplitPlan = [name: string, role: string, split: number, rows: number];
