import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_NAMES, type Role } from '../../src/platform/auth/index.js';
import { type Answer, everyQuery, json, reachableFields, type Values } from '../support/every-answer.js';
import { isLong } from '../support/extent.js';
import { found, PlantedNumbers, PlantedTexts, searchFiles, type Needle } from '../support/planted-labels.js';
import { ServedHome } from '../support/planted-home.js';
import {
  csv,
  evaluate,
  guesses,
  model,
  Party,
  policy,
  push,
  ROWS,
  rowsOf,
  importTrials,
  valuesOf,
} from './sealed-scenario.js';

/** Answers of a free-text task: each label stands in one row. */
const texts = new PlantedTexts();
/** A quantity. */
const numbers = new PlantedNumbers();
/** Two classes that no open split shows, and one beside classes that open splits show. */
const classes = new PlantedTexts();
/** In files that are refused: they stay for a day, so that the push can be repeated, and nowhere but there. */
const refused = new PlantedTexts();
/** In open splits: what finds these would have found the others. */
const [openTexts, openNumbers] = [new PlantedTexts(), new PlantedNumbers()];

const SEALED: Needle[] = [texts, numbers, classes].flatMap(({ needles }) => needles);
const SECRET = [...SEALED, ...refused.needles];
const OPEN = [...openTexts.needles, ...openNumbers.needles];

const CORPUS = {
  texts: {
    holdout: { role: 'holdout', rows: rowsOf('h', ROWS, texts.of) },
    south: { role: 'cross_domain', domain: 'south', rows: rowsOf('s', ROWS, (i) => texts.of(ROWS + i)) },
  },
  numbers: {
    train: { role: 'train', rows: rowsOf('t', ROWS, openNumbers.of) },
    holdout: { role: 'holdout', rows: rowsOf('h', ROWS, numbers.of) },
  },
  binary: { holdout: { role: 'holdout', rows: rowsOf('h', ROWS, (i) => classes.of(i % 2)) } },
  mixed: {
    train: { role: 'train', rows: rowsOf('t', ROWS, (i) => (i % 2 ? 'yes' : openTexts.of(0))) },
    validation: { role: 'validation', rows: rowsOf('v', ROWS, (i) => (i % 2 ? 'yes' : openTexts.of(0))) },
    holdout: {
      role: 'holdout',
      rows: rowsOf('h', ROWS, (i) => (i % 5 === 0 ? classes.of(9) : i % 2 ? 'yes' : openTexts.of(0))),
    },
  },
};

/** Files with one thing wrong, and what is said of it. */
const BAD: [what: string, code: string, content: string | Buffer, more?: object][] = [
  ['ragged', 'CSV_RAGGED', `${csv(rowsOf('b', 9, refused.of))}b9,1,m,${refused.of(9)},more\n`],
  ['short', 'CSV_RAGGED', `${csv(rowsOf('b', 9, refused.of))}${refused.of(9)}\n`],
  ['quotes', 'CSV_', `${csv(rowsOf('b', 9, refused.of))}b9,1,m,"${refused.of(9)}\n`],
  [
    'encoding',
    'CSV_ENCODING',
    Buffer.concat([
      Buffer.from(`${csv(rowsOf('b', 9, refused.of))}b9,1,m,${refused.of(9)}`),
      Buffer.from([0xff, 10]),
    ]),
  ],
  ['type', 'DATASET_TYPE_MISMATCH', csv(rowsOf('b', 9, refused.of)), { declaredTypes: { y: 'int64' } }],
  ['null', 'LABEL_NULL', `${csv(rowsOf('b', 9, refused.of))}b9,1,m,\n`],
  ['keys', 'KEY_DUPLICATED', `${csv(rowsOf('b', 9, refused.of))}b1,1,m,${refused.of(9)}\n`],
  ['header', 'DATASET_COLUMN_UNKNOWN', csv(rowsOf('b', 9, refused.of)).replace(',y\n', ',z\n')],
];

describe('planted labels of sealed splits', () => {
  const server = new ServedHome({ ASSAY_LOG_LEVEL: 'debug' });
  const parties = new Map<Role, Party>();
  let admin: Party;
  let contributor: Party;
  let answers: Answer[] = [];
  const badUploads: string[] = [];

  beforeAll(async () => {
    await server.start();
    admin = new Party(server, server.apiKey);
    for (const role of ROLE_NAMES) {
      const { secret } = await admin.post<{ secret: string }>('keys', { roles: [role] });
      parties.set(role, new Party(server, secret));
    }
    contributor = parties.get('contributor')!;
    for (const [name, splits] of Object.entries(CORPUS)) {
      const job = await push(admin, name, splits, { message: `about ${name}` });
      expect([name, job.state, job.error]).toEqual([name, 'succeeded', null]);
    }
    await live();
    await beRefused();
    answers = [admin, ...parties.values()].flatMap((party) => party.answers);
  }, 300_000);
  afterAll(() => server.remove(), 60_000);

  /** Everything that one does with data, as those do it who did not push them. */
  async function live(): Promise<void> {
    const { texts: text, binary, mixed } = CORPUS;
    await contributor.post('experiments', { name: 'all' });
    const run = await contributor.post<{ id: string }>('runs', { experiment: 'all', params: { lr: 1 } });
    await contributor.post(`runs/${run.id}/inputs`, { inputs: [{ datasetVersion: 'mixed@1' }] });
    await contributor.post(`runs/${run.id}/log`, { metrics: [{ key: 'loss', value: 1 }] });
    await contributor.post(`runs/${run.id}/finish`, { status: 'finished' });
    for (const name of ['one', 'two']) await model(contributor, name, ['mixed@1']);
    const half = (i: number, odd: string, even: string) => (i % 2 ? odd : even);
    for (const [name, odd] of [
      ['one@1', 'a'],
      ['two@1', 'b'],
    ] as const) {
      const jobs = [
        await evaluate(contributor, name, 'texts@1', {
          holdout: guesses(text.holdout.rows, (_, i) => half(i, odd, 'c')),
          south: guesses(text.south.rows, (_, i) => half(i, odd, 'c')),
        }),
        await evaluate(contributor, name, 'binary@1', {
          holdout: guesses(
            binary.holdout.rows,
            (_, i) => half(i, '0.9', odd === 'a' ? '0.2' : '0.3'),
            'score',
          ),
        }),
        await evaluate(
          contributor,
          name,
          'mixed@1',
          {
            holdout: guesses(mixed.holdout.rows, (_, i) =>
              half(i, 'yes', odd === 'a' ? 'yes' : openTexts.of(0)),
            ),
            validation: guesses(mixed.validation.rows, () => 'yes'),
          },
          {
            slices: [{ name: 'some', where: "sex = 'f' OR x > 3" }],
            search: { minimumRows: 5 },
            labelNoise: [0.1],
          },
        ),
      ];
      expect(jobs.map(({ state, error }) => [state, error])).toEqual(jobs.map(() => ['succeeded', null]));
    }
    const tested = { datasetVersion: 'mixed@1' };
    expect(await contributor.job('models/one/versions/1/contamination', tested)).toMatchObject({
      state: 'succeeded',
    });
    expect(await importTrials(contributor, 'one@1')).toMatchObject({ state: 'succeeded' });
    for (const name of ['texts', 'binary', 'mixed'] as const) {
      await admin.post(
        'policies',
        policy(
          `on-${name}`,
          [
            { id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast: 0.01 },
            { id: 'recall', metric: 'recall', split: 'holdout', atLeast: 0.9 },
            { id: 'better', compare: { to: 'two@1', metric: 'accuracy', split: 'holdout', margin: 0.1 } },
            {
              id: 'fair',
              fairness: {
                metric: 'demographic_parity_difference',
                split: 'holdout',
                attributes: ['sex'],
                atMost: 0.9,
                minGroupSize: 5,
              },
            },
            ...(name === 'mixed'
              ? [{ id: 'leaks', contamination: { between: ['train', 'holdout'], exact: 9 } }]
              : []),
          ],
          { dataset: name },
        ),
      );
      await contributor.decision({ modelVersion: 'one@1', policy: `on-${name}`, stage: `on-${name}` });
      await contributor.send('POST', 'promotions', { modelVersion: 'one@1', stage: `on-${name}` });
    }
    await admin.post(
      'policies',
      policy('anything', [{ id: 'a', metric: 'accuracy', split: 'holdout', atLeast: 0.0001 }], {
        dataset: 'mixed',
      }),
    );
    await contributor.decision({ modelVersion: 'one@1', policy: 'anything', stage: 'anything' });
    expect(
      (await contributor.send('POST', 'promotions', { modelVersion: 'one@1', stage: 'anything' })).status,
    ).toBe(201);
  }

  /** Everything that goes wrong with labels, and with predictions for them. */
  async function beRefused(): Promise<void> {
    for (const [what, code, content, more] of BAD) {
      const uploadId = await admin.upload(content);
      badUploads.push(uploadId);
      const job = await admin.job(`datasets/bad-${what}/versions`, {
        splits: [{ name: 'holdout', role: 'holdout', uploadId }],
        key: 'id',
        label: 'y',
        ...more,
      });
      expect([what, job.state, job.error?.code]).toEqual([what, 'failed', expect.stringContaining(code)]);
      const mistaken = await admin.job('evaluation-imports', { modelVersion: 'one@1', uploadId });
      expect(mistaken).toMatchObject({ state: 'failed', error: { code: expect.stringMatching(/^IMPORT_/) } });
    }
    const { rows } = CORPUS.mixed.holdout;
    const wrong: [code: string, content: string][] = [
      ['PREDICTION_CLASS_UNKNOWN', guesses(rows, (_, i) => (i === 3 ? 'maybe' : 'yes'))],
      ['PREDICTION_EMPTY', guesses(rows, (_, i) => (i === 3 ? '' : 'yes'))],
      ['PREDICTIONS_MISSING', guesses(rows.slice(1), () => 'yes')],
      ['PREDICTIONS_KEY_UNKNOWN', guesses([...rows, { ...rows[0]!, key: 'none' }], () => 'yes')],
      ['PREDICTIONS_KEY_DUPLICATED', guesses([...rows, rows[0]!], () => 'yes')],
      ['PREDICTIONS_COLUMNS', guesses(rows, () => 'yes', 'says')],
      ['CSV_RAGGED', guesses(rows, (_, i) => (i === 3 ? 'yes,no' : 'yes'))],
    ];
    for (const [code, content] of wrong) {
      const job = await evaluate(contributor, 'one@1', 'mixed@1', { holdout: content });
      expect([code, job.state, job.error?.code]).toEqual([code, 'failed', code]);
    }
    const again = await contributor.send('POST', 'evaluations', {
      modelVersion: 'one@1',
      datasetVersion: 'mixed@1',
      predictions: [{ split: 'holdout', uploadId: badUploads[0]! }],
    });
    expect(again.status).toBe(404);
  }

  const codesOf = (answer: Answer) =>
    (json<{ errors?: { path?: string[]; extensions?: { code?: string } }[] }>(answer).errors ?? []).map(
      ({ path, extensions }) => {
        const code = extensions?.code ?? 'none';
        return code === 'PERMISSION_MISSING' ? code : `${path?.[0]}: ${code}`;
      },
    );
  const searched = (what: readonly Answer[], needles: readonly Needle[]) =>
    what.flatMap(({ to, headers, body }) => found(to, Buffer.concat([Buffer.from(headers), body]), needles));

  /** Of jobs, decisions and the like one of each; of data, where labels are, everything. */
  const few = (values: Values): Values =>
    Object.fromEntries(
      Object.entries(values).map(([name, options]) => [
        name,
        /^\{(ref|split|from|into)\}$|^(datasets|evaluations|evaluation-imports)\//.test(name)
          ? options
          : options.slice(0, 1),
      ]),
    );

  it('are in no answer to anybody, over every route and every field', async () => {
    const values = await valuesOf(admin, {
      datasets: Object.keys(CORPUS),
      splits: ['train', 'validation', 'holdout', 'south'],
      models: ['one', 'two'],
      experiments: ['all'],
      policies: ['on-texts', 'on-binary', 'on-mixed', 'anything'],
    });
    const schema = await admin.caller.schema();
    const words = new Set(everyQuery(schema, values).flatMap((query) => query.match(/[A-Za-z_]\w*/g) ?? []));
    expect(reachableFields(schema).filter((name) => !words.has(name))).toEqual([]);

    const counts = { asked: 0, answered: 0 };
    const ask = async ([role, { caller }]: [Role, Party]) => {
      const asked = role === 'contributor' || isLong ? values : few(values);
      const [gets, queries] = [await caller.everyGet(asked), await caller.everyField(schema, asked)];
      const all = [...gets, ...queries];
      counts.asked += all.length;
      counts.answered += all.filter(({ status }) => status === 200).length;
      expect([role, searched(all, SECRET)]).toEqual([role, []]);
      // What is open is found by the same search, as a value of a download and as a class.
      expect([role, searched(all, OPEN)]).not.toEqual([role, []]);
      expect(all.filter(({ status }) => status >= 500)).toEqual([]);
      // Asked for everything, answered with everything: nothing is unseen because a query was refused as a whole.
      const refusals = new Set(queries.flatMap((answer) => codesOf(answer)));
      // Of sealed splits, proofs are for auditors alone.
      expect([role, refusals.delete('rowProof: ROW_PROOF_SEALED')]).toEqual([role, role !== 'auditor']);
      expect([role, [...refusals].filter((code) => code !== 'PERMISSION_MISSING')]).toEqual([role, []]);
      if (role === 'admin') expect(refusals.size).toBe(0);
    };
    // Reviewers and approvers read what viewers read: at full length they are asked as well.
    const asking = [...parties].filter(([role]) => isLong || !['reviewer', 'approver'].includes(role));
    await Promise.all(asking.map(ask));
    const { asked, answered } = counts;
    console.error(
      `sealed labels: ${asked} answers to ${asking.length} roles searched, ${answered} of them 200`,
    );
  }, 300_000);

  it('are in no answer to whoever pushed, evaluated, asked the gate or was refused', () => {
    expect(searched(answers, SECRET)).toEqual([]);
    expect(answers.length).toBeGreaterThan(100);
  });

  it('are in no line of log, at level debug, of the server or of the processes of its jobs', () => {
    const { stdout, stderr } = server.said;
    expect(stdout).toContain('"msg":"job failed"');
    expect(stdout).toContain('"level":20');
    expect(found('the log', stdout + stderr, SECRET)).toEqual([]);
  });

  it('are in no row of any table: jobs, queue, outbox, answers kept for repetitions, audit log, evidence', async () => {
    const client = new pg.Client({ connectionString: server.databaseUrl });
    await client.connect();
    try {
      const { rows: tables } = await client.query<{ name: string }>(
        `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
      );
      const hits: string[] = [];
      let open = 0;
      for (const { name } of tables) {
        const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
        const text = rows.map(({ row }) => row).join('\n');
        hits.push(...found(name, text, SECRET));
        open += found(name, text, OPEN).length;
      }
      expect(tables.length).toBeGreaterThan(30);
      expect(hits).toEqual([]);
      expect(open).toBeGreaterThan(0);
    } finally {
      await client.end();
    }
  });

  it('are in no file once their version stands: blobs, staging, scratch, keys, database and its write-ahead log', async () => {
    const uploads = async (party: Party) =>
      json<{ items: { action: string; subject: { id: string } }[] }>(
        await party.send('GET', 'audit/entries?first=500'),
      )
        .items.filter(({ action }) => action === 'upload.created')
        .map(({ subject }) => subject.id);
    const raw: { id: string; digest: string; usedUpFor: string | null }[] = [];
    for (const id of await uploads(admin)) {
      const answer = await admin.send('GET', `uploads/${id}`);
      if (answer.status === 200) raw.push(json(answer));
    }
    expect(raw.filter(({ usedUpFor }) => usedUpFor === 'datasetVersion')).toHaveLength(5);
    const bad = new Set(raw.filter(({ id }) => badUploads.includes(id)).map(({ digest }) => digest));

    // A clean stop writes out what PostgreSQL has in memory.
    await server.stop();
    expect(readdirSync(join(server.home, 'scratch'))).toEqual([]);
    const folders = [...new Set([server.home, server.database])];
    const tagged = (kind: string, needles: readonly Needle[]) =>
      needles.map(({ what, bytes }) => ({ what: `${kind}: ${what}`, bytes }));
    const result = await searchFiles(folders, [
      ...tagged('sealed', SEALED),
      ...tagged('open', OPEN),
      ...tagged('refused', refused.needles),
    ]);
    const of = (kind: string) => result.found.filter((hit) => hit.startsWith(`${kind}: `));
    expect(of('sealed')).toEqual([]);
    expect(result.parquet).toBeGreaterThan(10);

    // What is open is found by the same search: in a database's table, in a file, as a value of Parquet, as a number's bytes.
    for (const way of ['text in', 'number in', 'double in'])
      expect([way, of('open').some((hit) => hit.startsWith(`open: ${way}`))]).toEqual([way, true]);
    expect(of('open').some((hit) => hit.endsWith('as Parquet'))).toBe(true);
    expect(of('open').some((hit) => hit.includes(`${server.database}/data/base/`))).toBe(true);
    expect(new Set(of('refused').map((hit) => hit.split('/').at(-1)))).toEqual(bad);
    console.error(
      `sealed labels: ${result.files} files, ${(result.bytes / 2 ** 20).toFixed(0)} MiB searched, ${result.parquet} read as Parquet`,
    );
  }, 120_000);
});
