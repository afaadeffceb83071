import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyBundle, verifyExport } from '../../cli/verify/index.js';
import { run } from '../../cli/main.js';
import { packageRoot } from '../../cli/settings.js';
import { isLong } from '../support/extent.js';
import { EarlierVersion, lackingPackage } from '../support/earlier-version.js';
import { ServedHome } from '../support/earlier-home.js';
import { check, evaluate, requestPush, tellStory } from './old-home.js';

/** Versions whose homes have to start. A release adds its commit. */
const EARLIER = ['c2e3003'];

describe('packages that an earlier version asks for', () => {
  const lock = (packages: object) => JSON.stringify({ packages: { '': { version: '0.1.0' }, ...packages } });
  const { version } = JSON.parse(
    readFileSync(join(packageRoot(), 'node_modules/yaml/package.json'), 'utf8'),
  ) as { version: string };

  it.each<[string, object, string | null]>([
    ['are there, among others', { 'node_modules/yaml': { version } }, null],
    [
      'stand there in another version',
      { 'node_modules/yaml': { version: '0.0.1' } },
      `node_modules/yaml 0.0.1, and ${version} is installed`,
    ],
    [
      'are missing',
      { 'node_modules/no-such': { version: '1.0.0' } },
      'node_modules/no-such 1.0.0, which is not installed',
    ],
    ['are for another machine', { 'node_modules/no-such': { version: '1.0.0', optional: true } }, null],
  ])('%s', (_what, packages, lacking) => {
    expect(lackingPackage(lock(packages), packageRoot())).toBe(lacking);
  });
});

describe.each(EARLIER)('a home made by %s', (commit) => {
  const old = EarlierVersion.build(commit);
  const now = packageRoot();
  afterAll(() => old?.remove());

  describe.skipIf(old === null)('and stopped in order', () => {
    const home = new ServedHome();
    const file = (name: string) => join(home.folder, name);
    let story: Awaited<ReturnType<typeof tellStory>>;
    let answers: Map<string, unknown>;
    let bundles: string[];

    const paths = () => [
      ...story.decisionIds.flatMap((id) => [
        `/gate-decisions/${id}`,
        `/lineage?node=gateDecision:${id}&direction=upstream`,
      ]),
      `/lineage?node=promotion:${story.promotionId}&direction=upstream`,
      ...['/gate-decisions', '/policies/live', '/models/net/versions', '/promotions', '/deployments'],
      ...['/datasets/people/versions', '/evaluations', '/jobs'],
    ];

    beforeAll(async () => {
      await home.start(old!.root);
      story = await tellStory(home);
      answers = new Map();
      for (const path of paths()) answers.set(path, await home.get(path));
      bundles = await Promise.all(story.decisionIds.map((id) => home.text(`/gate-decisions/${id}/bundle`)));
      writeFileSync(file('old.ndjson'), await home.text('/audit/export'));
      const { note, publicKey } = await home.get<{ note: string; publicKey: string }>('/audit/checkpoint');
      writeFileSync(file('kept'), note);
      writeFileSync(file('key'), publicKey);
      await home.stop();
      await home.start(now);
    });
    afterAll(() => home.remove());

    const audit = async (...args: string[]) => {
      const { url, apiKey, project } = home.client;
      const written = { text: '' };
      const stream = { write: (text: string) => (written.text += text) };
      const env = { ASSAY_URL: url, ASSAY_API_KEY: apiKey, ASSAY_PROJECT: project };
      const code = await run(['audit', ...args], { env, cwd: home.folder, stdout: stream, stderr: stream });
      return { code, text: written.text };
    };

    it('answers as before: decisions, lineage, policies, models, promotions, evaluations', async () => {
      for (const path of paths())
        expect(timeless(await home.get(path))).toMatchObject(timeless(answers.get(path)) as object);
    });

    it('has its decisions byte for byte, with proofs that the old and the new verifier take', async () => {
      for (const [i, id] of story.decisionIds.entries()) {
        const bundle = await home.text(`/gate-decisions/${id}/bundle`);
        const decisionIn = (text: string) => /"decision":(.*),"audit":/s.exec(text)![1];
        expect(decisionIn(bundle)).toBe(decisionIn(bundles[i]!));
        const pinnedPublicKey = readFileSync(file('key'), 'utf8');
        for (const text of [bundle, bundles[i]!]) {
          expect(verifyBundle(JSON.parse(text), { pinnedPublicKey })).toMatchObject({ ok: true });
          writeFileSync(file('bundle.json'), text);
          expect(old!.assay(['verify', 'bundle.json', '--public-key', 'key'], home.folder)).toMatchObject({
            code: 0,
          });
        }
      }
    });

    it('has a log that goes on from where the earlier version left it, for both verifiers', async () => {
      expect(await audit('verify', '--since', file('kept'), '--public-key', file('key'))).toMatchObject({
        code: 0,
      });
      expect(await audit('checkpoint', '--keep', file('kept'), '--public-key', file('key'))).toMatchObject({
        code: 0,
      });
      const old_ = readFileSync(file('old.ndjson'), 'utf8').trimEnd().split('\n');
      expect(await verifyExport(old_)).toMatchObject({ ok: true });
      writeFileSync(file('new.ndjson'), await home.text('/audit/export'));
      expect(old!.assay(['audit', 'verify', 'new.ndjson', '--public-key', 'key'], home.folder)).toMatchObject(
        { code: 0 },
      );
      const new_ = readFileSync(file('new.ndjson'), 'utf8').split('\n');
      const entries = old_.filter((line) => line.startsWith('{"index":'));
      expect(new_.slice(1, 1 + entries.length)).toEqual(entries);
    });

    it('has every record of then attested once, and says so in the log', async () => {
      const { items } = await home.get<{ items: { action: string; actor: { id: string } }[] }>(
        '/audit/entries?first=500',
      );
      const adopted = items.filter(({ action }) => action === 'records.adopted');
      expect(adopted.length).toBeGreaterThan(0);
      expect(adopted.map(({ actor }) => actor.id)).toEqual(adopted.map(() => 'upgrade'));
      const { text } = await audit('verify');
      expect(text).toMatch(/ records: \d\d+ are as the log recorded them/);
    });

    it('goes on: labels sealed then judge predictions of now, and what was decided then still counts', async () => {
      expect((await check(home, 'net@1')).decisionId).toBe(story.decisionIds[0]);
      await evaluate(home, 'net@2', 40);
      expect(await check(home, 'net@2')).toMatchObject({ verdict: 'PASS' });
      const promotion = await home.post<{ previousModelVersionId: string }>('/promotions', {
        modelVersion: 'net@2',
        stage: 'production',
      });
      expect(promotion.previousModelVersionId).toBeTruthy();
      await home.finished(await requestPush(home, 'others', 50));
      expect(await audit('verify')).toMatchObject({ code: 0 });
    });

    it('is not taken by code that does not know its schema, which says so and changes nothing', async () => {
      await home.stop();
      const before = await home.inDatabase(fingerprint);
      expect(await home.refused(old!.root)).toMatch(
        /migrated by a newer Assay \(.*Records0000000000014.*\)\. Run that version, or restore a backup\./,
      );
      const future = await home.inDatabase(async (client) => {
        expect(await fingerprint(client)).toEqual(before);
        await client.query(
          `INSERT INTO schema_migration (timestamp, name) VALUES (9999, 'Future0000000009999')`,
        );
        return fingerprint(client);
      });
      expect(await home.refused(now)).toContain(
        'This database was migrated by a newer Assay (Future0000000009999). Run that version, or restore a backup.',
      );
      await home.inDatabase(async (client) => {
        expect(await fingerprint(client)).toEqual(future);
        await client.query('DELETE FROM schema_migration WHERE timestamp = 9999');
      });
    });

    it('is not taken when another major version of PostgreSQL made its files, nor changed', async () => {
      const version = join(home.dataFolder, 'PG_VERSION');
      const right = readFileSync(version, 'utf8');
      writeFileSync(version, '17\n');
      const said = await home.refused(now);
      writeFileSync(version, right);
      expect(said).toMatch(
        /made by PostgreSQL 17, and this Assay brings PostgreSQL \d+, which cannot read it/,
      );
      expect(said).toContain('DATABASE_URL');
      await home.start(now);
      expect(await audit('verify')).toMatchObject({ code: 0 });
    });
  });

  // At full length; what `crash` kills here is of today.
  describe.skipIf(old === null || !isLong)('and killed with work to do', () => {
    const home = new ServedHome();
    let jobs: string[];
    let story: Awaited<ReturnType<typeof tellStory>>;

    beforeAll(async () => {
      await home.start(old!.root);
      story = await tellStory(home);
      jobs = await Promise.all(Array.from({ length: 6 }, (_, i) => requestPush(home, `data${i}`, 3_000 + i)));
      await home.kill();
      await home.inDatabase((client) =>
        client.query(
          `UPDATE gate_decision SET document = jsonb_set(document, '{verdict}', '"PASS"'), verdict = 'PASS' WHERE id = $1`,
          [story.decisionIds[1]],
        ),
      );
      await home.start(now);
    });
    afterAll(() => home.remove());

    it('finishes all that was accepted, once', async () => {
      const results = await Promise.all(
        jobs.map((id) => home.finished<{ dataset: string; version: number }>(id)),
      );
      expect(results.map(({ dataset, version }) => `${dataset}@${version}`).sort()).toEqual(
        jobs.map((_, i) => `data${i}@1`),
      );
      for (let i = 0; i < jobs.length; i++) {
        const { items } = await home.get<{ items: unknown[] }>(`/datasets/data${i}/versions`);
        expect(items).toHaveLength(1);
      }
    });

    it('does not take for recorded what was changed before: a FAIL made a PASS is refused, and named', async () => {
      const [passed, failed] = story.decisionIds as [string, string];
      expect((await home.send('GET', `/gate-decisions/${passed}`)).status).toBe(200);
      const refused = await home.send('GET', `/gate-decisions/${failed}`);
      expect(await refused.json()).toMatchObject({
        status: 500,
        code: 'RECORD_ALTERED',
        record: { id: failed },
      });
      const { url, apiKey, project } = home.client;
      const written = { text: '' };
      const stream = { write: (text: string) => (written.text += text) };
      const env = { ASSAY_URL: url, ASSAY_API_KEY: apiKey, ASSAY_PROJECT: project };
      expect(await run(['audit', 'verify'], { env, cwd: home.folder, stdout: stream, stderr: stream })).toBe(
        1,
      );
      expect(written.text.match(/^FAILED.*$/gm)).toEqual([
        expect.stringContaining(`gateDecision ${failed} is not what the log recorded`),
      ]);
    });
  });
});

/** Without what is counted from now. */
function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, member: unknown) => (name === 'ageSeconds' ? undefined : member)),
  );
}

/** How many rows each table has, and a digest of all of them. */
async function fingerprint(client: {
  query: (sql: string) => Promise<{ rows: Record<string, string>[] }>;
}): Promise<object[]> {
  const { rows } = await client.query(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'queue') ORDER BY 1`,
  );
  const found: object[] = [];
  for (const { name } of rows) {
    const digest = `SELECT '${name}' AS name, count(*) AS rows, md5(string_agg(t::text, ',' ORDER BY t::text)) AS digest FROM ${name} t`;
    found.push((await client.query(digest)).rows[0]!);
  }
  return found;
}
