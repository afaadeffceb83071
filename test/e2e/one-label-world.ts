import { setTimeout as sleep } from 'node:timers/promises';
import { ROLE_NAMES, type Role } from '../../src/platform/auth/index.js';
import { json, type Answer } from '../support/every-answer.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import {
  evaluate,
  importTrials,
  guesses,
  model,
  Party,
  policy,
  push,
  ROWS,
  rowsOf,
  type Decision,
  type Job,
} from './sealed-scenario.js';

/** The row whose label differs between the worlds. Rows with the same features stand in train, once with either label. */
export const FLIPPED = 2;

const rest = (i: number): string => (i % 2 === 0 ? '1' : '0');
const split = (prefix: string, label = rest) => rowsOf(prefix, ROWS, label);
/** The labels of a sealed split in a world. */
export const sealedLabel =
  (flipped: string) =>
  (i: number): string =>
    i === FLIPPED ? flipped : rest(i);

export const splitsOf = (flipped: string) => ({
  train: { role: 'train', rows: split('t') },
  // Not the labels of a sealed split in either world: what they come to is shown.
  validation: { role: 'validation', rows: split('v', (i) => (i === 5 ? '1' : rest(i))) },
  holdout: { role: 'holdout', rows: split('h', sealedLabel(flipped)) },
  south: { role: 'cross_domain', domain: 'south', rows: split('s', sealedLabel(flipped)) },
});

/** Right on all but `wrong` of the rows whose label is the same in both worlds; `own` on the one whose label is not. */
export const says =
  (wrong: number, own: '0' | '1') =>
  (i: number): '0' | '1' => {
    if (i === FLIPPED) return own;
    const place = i < FLIPPED ? i : i - 1;
    return (rest(i) === '1') === place >= wrong ? '1' : '0';
  };

/** What the contributor sends: `b` is `a` with the prediction of one row turned round, in each sealed split. */
export const PREDICTIONS = { a: says(20, '0'), b: says(20, '1') };

/** One of two worlds that differ in one label of each sealed split. */
export class World {
  readonly test: TestApp;
  readonly parties: Record<Role, Party>;
  /** A key with every role: only to look at what there is, never among the compared. */
  readonly all: Party;
  /** What the contributor was answered about each of the two files. */
  readonly about: Record<'a' | 'b', Answer[]> = { a: [], b: [] };
  /** Verdicts of decisions, by candidate and policy. */
  readonly verdicts: [what: string, verdict: string, rules: string[]][] = [];

  private constructor(
    test: TestApp,
    readonly label: '0' | '1',
    keys: Record<Role, string>,
  ) {
    this.test = test;
    this.all = new Party(test, test.apiKey);
    this.parties = Object.fromEntries(
      ROLE_NAMES.map((role) => [role, new Party(test, keys[role])]),
    ) as Record<Role, Party>;
  }

  static async start(label: '0' | '1'): Promise<World> {
    const test = await startTestApp({ workers: true });
    const keys: Partial<Record<Role, string>> = {};
    for (const role of ROLE_NAMES) keys[role] = await test.key(role);
    return new World(test, label, keys as Record<Role, string>);
  }

  /** Everything that one does with data whose labels one does not know. */
  async live(): Promise<this> {
    const { admin, contributor } = this.parties;
    succeeded(await push(admin, 'data', splitsOf(this.label), { looks: 50 }));
    for (const [name, rules] of Object.entries(POLICIES))
      await admin.post('policies', policy(name, rules, { dataset: 'data' }));

    // The champion: evaluated by who may say what counts, and by who trained it, with one row turned round.
    await model(contributor, 'champion', ['data@1']);
    await this.evaluate(admin, 'champion@1', PREDICTIONS.a);
    await this.evaluate(contributor, 'champion@1', PREDICTIONS.b);
    await this.decide('champion@1', 'entry', 'entry');
    await contributor.send('POST', 'promotions', { modelVersion: 'champion@1', stage: 'entry' });

    // With all that a protocol may ask beside.
    await model(contributor, 'sliced', ['data@1']);
    await this.evaluate(contributor, 'sliced@1', PREDICTIONS.a, {
      slices: [
        { name: 'some', where: 'x < 5 OR NOT sex IS NULL' },
        { name: 'all', where: 'NOT id IS NULL' },
      ],
      search: { minimumRows: 5 },
      labelNoise: [0.1],
    });

    // A file, and the same with one row turned round.
    await model(contributor, 'one', ['data@1']);
    succeeded(await importTrials(contributor, 'one@1'));
    for (const file of ['a', 'b'] as const) {
      const before = contributor.answers.length;
      await this.evaluate(contributor, 'one@1', PREDICTIONS[file]);
      for (const gate of ['sealed', 'mixed']) await this.decide('one@1', gate, 'entry');
      this.about[file] = contributor.answers.slice(before);
    }
    succeeded(await contributor.job('models/one/versions/1/contamination', {}));
    await contributor.post('gate-decisions', { modelVersion: 'one@1', policy: 'mixed', dryRun: true });
    await contributor.send('POST', 'promotions', { modelVersion: 'one@1', stage: 'mixed' });
    await this.beRefused();
    return this;
  }

  stop(): Promise<void> {
    return this.test.stop();
  }

  private async evaluate(
    party: Party,
    name: string,
    said: (i: number) => '0' | '1',
    protocol?: object,
  ): Promise<void> {
    const { validation, holdout, south } = splitsOf(this.label);
    const file = ({ rows }: typeof holdout) =>
      guesses(rows, (_, i) => (said(i) === '1' ? '0.9,1' : '0.2,0'), 'score,prediction');
    const files = { validation: file(validation), holdout: file(holdout), south: file(south) };
    succeeded(await evaluate(party, name, 'data@1', files, protocol));
    await this.settled(name);
  }

  /** Decisions become stale a moment after: before going on, all of them have. */
  private async settled(name: string): Promise<void> {
    for (;;) {
      const { data } = json<{ data: { modelVersion: { gateDecisions: { items: { state: string }[] } } } }>(
        await this.all.caller.graphql(
          `{ modelVersion(ref: "${name}") { gateDecisions(first: 100) { items { state } } } }`,
        ),
      );
      if (data.modelVersion.gateDecisions.items.every(({ state }) => state === 'stale')) return;
      await sleep(50);
    }
  }

  private async decide(modelVersion: string, policy: string, stage: string): Promise<void> {
    const { contributor } = this.parties;
    const ask = () =>
      contributor.post<Decision | { job: Job }>('gate-decisions', { modelVersion, policy, stage });
    let decision = await ask();
    // Which of several comparisons is made first is a matter of time: asked again when all are.
    for (; 'job' in decision; decision = await ask()) {
      await contributor.ended(decision.job.id);
      for (const job of await this.all.ids('jobs')) await this.all.ended(job);
    }
    const rules = decision.rules.map(({ id, verdict }) => `${id} ${verdict}`);
    this.verdicts.push([`${modelVersion} ${policy}`, decision.verdict, rules]);
  }

  private async beRefused(): Promise<void> {
    const { rows } = splitsOf(this.label).holdout;
    const wrong: [code: string, content: string][] = [
      ['PREDICTION_CLASS_UNKNOWN', guesses(rows, (_, i) => (i === FLIPPED ? '2' : '1'))],
      ['PREDICTIONS_MISSING', guesses(rows.slice(FLIPPED + 1), () => '0.5', 'score')],
    ];
    for (const [code, holdout] of wrong) {
      const job = await evaluate(this.parties.contributor, 'one@1', 'data@1', { holdout });
      if (job.error?.code !== code) throw new Error(`${code}: ${JSON.stringify(job.error)}`);
    }
  }
}

function succeeded(job: Job): void {
  if (job.state !== 'succeeded') throw new Error(`${job.state}: ${JSON.stringify(job.error)}`);
}

/** With thresholds that one row more or less does not cross. */
const POLICIES = {
  entry: [{ id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast: 0.4 }],
  sealed: [
    { id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast: 0.99 },
    { id: 'near', metric: 'accuracy', split: 'holdout', atLeast: 0.65 },
    { id: 'auc', metric: 'auc', split: 'holdout', atLeast: 0.6 },
    { id: 'point', metric: 'f1', split: 'holdout', atLeast: 0.3, decideOn: 'point' },
    {
      id: 'fair',
      fairness: {
        metric: 'equalized_odds_difference',
        split: 'holdout',
        attributes: ['sex'],
        atMost: 0.5,
        minGroupSize: 5,
      },
    },
    {
      id: 'small',
      fairness: {
        metric: 'equal_opportunity_difference',
        split: 'holdout',
        attributes: ['sex'],
        atMost: 0.5,
        minGroupSize: 20,
      },
    },
    { id: 'domains', crossDomain: { metric: 'accuracy', worstAtLeast: 0.5, maxDrop: 0.4, minDomains: 1 } },
    { id: 'not-worse', compare: { to: 'champion@1', metric: 'accuracy', split: 'holdout', margin: 0.3 } },
    { id: 'better', compare: { to: 'champion@1', metric: 'auc', split: 'holdout', margin: -0.2 } },
    { id: 'leaks', contamination: { between: ['train', 'holdout'], exact: 3 } },
  ],
  // What is open and what is sealed, corrected together. The open rule is as far off as the sealed one nearly is.
  mixed: [
    { id: 'open', metric: 'accuracy', split: 'validation', atLeast: 0.8 },
    { id: 'sealed', metric: 'accuracy', split: 'holdout', atLeast: 0.8 },
  ],
};
