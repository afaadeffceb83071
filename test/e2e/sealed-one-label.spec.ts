import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  digestOf,
  encodeValue,
  RowEncoder,
  sealLabel,
  splitRoot,
  type CellValue,
} from '../../src/domain/canonical/index.js';
import { buildSplitEvidence, type SplitEvidence } from '../../src/domain/metrics/index.js';
import { pairedStatistics } from '../../src/modules/evaluation/paired-statistics.js';
import { reportOf } from '../../src/modules/evaluation/split-report.js';
import type { Role } from '../../src/platform/auth/index.js';
import { json, type Answer, type Values } from '../support/every-answer.js';
import { isLong } from '../support/extent.js';
import { comparable, differences, MAY_DIFFER, Seen } from '../support/same-answers.js';
import { csv, valuesOf, type Row } from './sealed-scenario.js';
import { PREDICTIONS, splitsOf, World } from './one-label-world.js';

/** Reviewers and approvers read what viewers read: at full length they are asked as well. */
const WITHOUT_AUDIT: Role[] = [
  'viewer',
  'contributor',
  'admin',
  ...(isLong ? (['reviewer', 'approver'] as const) : []),
];
const SEALED = ['holdout', 'south'] as const;
const LABELS = ['0', '1'] as const;

interface Shown {
  id: string;
  modelVersionId: string;
  datasetVersionId: string;
  protocol: object;
  protocolHash: string;
  createdBy: string;
  splits: Record<string, { root: string; evidenceDigest: string; metrics: { accuracy: { value?: number } } }>;
}

describe('two worlds that differ in one label of each sealed split', () => {
  let worlds: World[] = [];
  /** What those were answered, by world, who may not see sealed numbers. */
  const answers = new Map<World, Answer[]>();
  const seen = [new Seen(), new Seen()];

  beforeAll(async () => {
    worlds = await Promise.all(LABELS.map((label) => World.start(label)));
    await Promise.all(worlds.map((world) => world.live()));
    await Promise.all(worlds.map(async (world) => answers.set(world, await answersOf(world))));
  }, 300_000);
  afterAll(() => Promise.all(worlds.map((world) => world.stop())), 60_000);

  async function answersOf(world: World): Promise<Answer[]> {
    const { parties } = world;
    const values = { ...(await valuesOf(world.all, NAMES)), '?wait': [] };
    const schema = await world.all.caller.schema();
    const all = [...parties.admin.answers, ...parties.contributor.answers];
    for (const role of WITHOUT_AUDIT) {
      const { caller } = parties[role];
      // Lists are whole for everybody; one by one the contributor sees a few of each sort, and the others one.
      const asked = few(values, role === 'contributor' ? 3 : 1);
      all.push(...(await caller.everyGet(asked)));
      if (role === 'contributor' || role === 'admin') all.push(...(await caller.everyField(schema, asked)));
    }
    return all;
  }

  const evaluationsOf = async (world: World, role: Role): Promise<Shown[]> =>
    json<{ items: Shown[] }>(await world.parties[role].send('GET', 'evaluations?first=100')).items.reverse();

  it('have the same verdicts, of every kind', () => {
    const [zero, one] = worlds.map(({ verdicts }) => verdicts);
    expect(zero).toEqual(one);
    const rules = zero!.flatMap(([, , each]) => each.map((text) => text.split(' ')[1]));
    expect([...new Set(rules)].sort()).toEqual(['FAIL', 'INCONCLUSIVE', 'PASS']);
  });

  it('answer everybody but auditors the same, over every route and every field', () => {
    const [zero, one] = worlds.map((world, i) => comparable(answers.get(world)!, seen[i])) as [
      string[],
      string[],
    ];
    expect(differences(zero, one)).toEqual([]);
    // Nothing is let differ that does not.
    for (const what of ['digests', 'values'] as const) {
      const under = new Set(seen.flatMap((each) => [...each.under[what]]));
      expect([...under].sort()).toEqual(Object.keys(MAY_DIFFER[what]).sort());
    }
    console.error(`one label: ${zero.length} answers in each of two worlds`);
  });

  it('say of a file, and of the same with one row turned round, nothing that tells which one is right', async () => {
    const [zero, one] = worlds.map(({ about }) => {
      const [a, b] = [comparable(about.a), comparable(about.b)];
      return differences(a, b, Infinity);
    });
    // They differ in what open data show, and in both worlds in the same.
    expect(zero).toEqual(one);
    expect(zero!.length).toBeGreaterThan(0);
    // Which one is right is another one in each: an auditor sees it.
    for (const world of worlds) {
      const [a, b] = (await evaluationsOf(world, 'auditor')).slice(-2);
      for (const split of SEALED) {
        const gain = b!.splits[split]!.metrics.accuracy.value! - a!.splits[split]!.metrics.accuracy.value!;
        expect([world.label, split, gain * 60]).toEqual([
          world.label,
          split,
          expect.closeTo(world.label === '1' ? 1 : -1),
        ]);
      }
    }
  });

  it('answer an auditor differently', async () => {
    const [zero, one] = await Promise.all(
      worlds.map(async ({ parties: { auditor } }) => {
        const asked = ['evaluations', 'gate-decisions', 'dataset-versions/data@1/leakage'];
        return Promise.all(asked.map(async (path) => comparable([await auditor.send('GET', path)])));
      }),
    );
    for (const [i, answer] of zero!.entries()) expect(differences(answer, one![i]!)).not.toEqual([]);
  });

  it('show no digest that somebody can compute who knows everything but that label', async () => {
    for (const world of worlds) {
      // Who sends the file of a sealed split is answered its digest, and knows its labels anyway.
      const own = new Set(world.parties.admin.answers.filter(({ to }) => to.includes('/uploads?')));
      const others = answers.get(world)!.filter((answer) => !own.has(answer));
      const said = Buffer.concat(others.map(({ body }) => body)).toString('latin1');
      const digests = new Set(said.match(/[0-9a-f]{64}/g));
      const evaluations = await evaluationsOf(world, 'contributor');
      for (const guess of LABELS) {
        const found = [...guessesOf(guess, evaluations)].filter(([, digest]) => digests.has(digest));
        expect([world.label, guess, found.map(([what]) => what)]).toEqual([world.label, guess, []]);
      }
      // What is computed is what Assay computes: it is found of open rows, and of sealed ones with what is secret.
      const open = splitsOf(world.label).validation.rows;
      expect(digests).toContain(digestOf(evidenceOf(open, PREDICTIONS.a)));
      const last = evaluations.at(-1)!;
      const { holdout } = json<Record<string, { evidence: SplitEvidence }>>(
        await world.parties.auditor.send('GET', `evaluations/${last.id}/evidence`),
      );
      const { salt } = holdout!.evidence;
      expect(salt).toMatch(/^[0-9a-f]{32}$/);
      const rows = splitsOf(world.label).holdout.rows;
      expect(last.splits.holdout!.evidenceDigest).toBe(
        digestOf({ ...evidenceOf(rows, PREDICTIONS.b), salt }),
      );
    }
  });
});

const NAMES = {
  datasets: ['data'],
  splits: ['holdout', 'south', 'validation', 'train'],
  models: ['champion', 'one'],
  experiments: [],
  policies: ['entry', 'sealed', 'mixed'],
};

/** The newest of each; the contributor sees all splits and all of the lineage. */
function few(values: Values, most: number): Values {
  const all = ['{split}', '{from}', '{into}', '?node', 'lineage()'];
  return Object.fromEntries(
    Object.entries(values).map(([name, options]) => [
      name,
      most > 1 && all.includes(name) ? options : options.slice(0, most),
    ]),
  );
}

type Says = (i: number) => '0' | '1';

const inKeyOrder = (rows: readonly Row[]) =>
  rows.map((row, i) => ({ ...row, i })).sort((a, b) => (a.key < b.key ? -1 : 1));

/** What an evaluation reduces these rows and predictions to, without what is random. */
function evidenceOf(rows: readonly Row[], says: Says): SplitEvidence {
  const ordered = inKeyOrder(rows);
  return buildSplitEvidence({
    labels: Uint16Array.from(ordered, ({ label }) => Number(label)),
    predictions: Uint16Array.from(ordered, ({ i }) => Number(says(i))),
    scores: Float64Array.from(ordered, ({ i }) => (says(i) === '1' ? 0.9 : 0.2)),
    cellOf: Uint16Array.from(ordered, ({ sex }) => (sex === 'f' ? 0 : 1)),
    cells: [{ attributes: { sex: 'f' } }, { attributes: { sex: 'm' } }],
    classes: ['0', '1'],
    positive: '1',
  });
}

/** Digests of all that depends on the label, if it were this one, from what everybody is answered. */
function* guessesOf(label: string, evaluations: readonly Shown[]): Generator<[what: string, digest: string]> {
  const splits = splitsOf(label);
  for (const split of SEALED) {
    const { rows } = splits[split];
    yield [`file of ${split}`, createHash('sha256').update(csv(rows)).digest('hex')];
    for (const [how, root] of rootsOf(rows)) {
      yield [`root of ${split}, ${how}`, root];
      yield [`upload of ${split}, ${how}`, createHmac('sha256', how).update(csv(rows)).digest('hex')];
    }
    for (const [file, says] of Object.entries(PREDICTIONS)) {
      const evidence = evidenceOf(rows, says);
      yield [`evidence on ${split} of ${file}`, digestOf(evidence)];
      yield [`report on ${split} of ${file}`, digestOf(reportOf(evidence))];
      yield [`counts on ${split} of ${file}`, digestOf(evidence.confusion)];
    }
  }
  for (const says of Object.values(PREDICTIONS)) {
    for (const shown of evaluations) yield* evaluationDigests(splits, says, shown);
  }
  for (const candidate of evaluations) {
    for (const baseline of evaluations) yield* comparisonDigests(splits.holdout.rows, candidate, baseline);
  }
}

/** Roots of sealed rows whose labels entered in the clear, or under a key that everybody knows. */
function rootsOf(rows: readonly Row[]): [how: string, root: string][] {
  const columns = [
    { name: 'id', type: 'text' },
    { name: 'x', type: 'double' },
    { name: 'sex', type: 'text' },
  ] as const;
  const [open, sealed] = [
    new RowEncoder([...columns, { name: 'y', type: 'int64' }]),
    new RowEncoder(columns),
  ];
  const keyed = rows.map(({ key, x, sex, label }) => {
    const shown: CellValue[] = [key, x, sex];
    const [encoded, value] = [encodeValue('text', key), encodeValue('int64', BigInt(label))];
    const under = (secret: string) =>
      sealed.sealedLeaf(shown, sealLabel(Buffer.from(secret), encoded, value));
    return {
      key: encoded,
      clear: open.leaf([...shown, BigInt(label)]),
      empty: under(''),
      named: under('default'),
    };
  });
  const root = (of: 'clear' | 'empty' | 'named') =>
    splitRoot(keyed.map((row) => ({ key: row.key, leaf: row[of] })));
  return [
    ['clear', root('clear')],
    ['', root('empty')],
    ['default', root('named')],
  ];
}

function* evaluationDigests(
  splits: ReturnType<typeof splitsOf>,
  says: Says,
  shown: Shown,
): Generator<[what: string, digest: string]> {
  const { protocolHash, modelVersionId, datasetVersionId, protocol } = shown;
  const evidence = (['validation', ...SEALED] as const).map((split) => ({
    split,
    root: shown.splits[split]!.root,
    evidenceDigest: digestOf(evidenceOf(splits[split].rows, says)),
  }));
  const triples = evidence.map(({ split, root, evidenceDigest }) => [split, root, evidenceDigest]).sort();
  const digest = digestOf({ protocolHash, splits: triples });
  yield [`evaluation ${shown.id}`, digest];
  const facts = { modelVersionId, datasetVersionId, protocolHash, level: 'recomputed', digest, protocol };
  yield [`what the log says of evaluation ${shown.id}`, digestOf({ ...facts, splits: evidence })];
}

function* comparisonDigests(
  rows: readonly Row[],
  candidate: Shown,
  baseline: Shown,
): Generator<[what: string, digest: string]> {
  const plan = { candidateEvaluationId: candidate.id, baselineEvaluationId: baseline.id, split: 'holdout' };
  for (const ours of Object.values(PREDICTIONS)) {
    for (const theirs of Object.values(PREDICTIONS)) {
      const ordered = inKeyOrder(rows);
      const right = (says: Says) => Uint8Array.from(ordered, ({ label, i }) => (says(i) === label ? 1 : 0));
      const scores = (says: Says) => Float64Array.from(ordered, ({ i }) => (says(i) === '1' ? 0.9 : 0.2));
      const statistics = pairedStatistics({
        positive: Uint8Array.from(ordered, ({ label }) => Number(label)),
        candidateRight: right(ours),
        baselineRight: right(theirs),
        scores: { candidate: scores(ours), baseline: scores(theirs) },
      });
      const digest = digestOf({ ...plan, statistics });
      yield ['comparison', digest];
      yield ['statistics', digestOf(statistics)];
      yield ['what the log says of a comparison', digestOf({ ...plan, digest })];
    }
  }
}
