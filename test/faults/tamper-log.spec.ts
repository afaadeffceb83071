import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import type { VerifyReport } from '../../cli/verify/index.js';
import { Secrets } from '../../src/platform/config/index.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { Superuser } from '../support/superuser.js';
import { LOG_TABLES, rewriteLog } from './rewrite-log.js';

/** The log as a whole, rewritten by whoever holds the superuser, and by whoever holds the signing key as well. */
describe('a log that was rewritten', () => {
  let app: TestApp;
  let superuser: Superuser;
  const file = (name: string) => join(app.config.home, name);

  beforeAll(async () => {
    app = await startTestApp();
    for (let i = 0; i < 9; i++) await app.key('viewer');
    superuser = await Superuser.login(app.database.admin);
    const { body } = await app.request
      .get('/v1/projects/default/audit/checkpoint')
      .set('authorization', `Bearer ${app.apiKey}`);
    writeFileSync(file('key'), body.publicKey as string);
    expect(await audit('verify', '--keep', file('kept'))).toMatchObject({ code: 0 });
    for (let i = 0; i < 8; i++) await app.key('viewer');
    expect(await audit('verify', '--since', file('kept'), '--public-key', file('key'))).toMatchObject({
      code: 0,
    });
  });
  afterAll(async () => {
    superuser?.logout();
    await app?.stop();
  });

  async function audit(...args: string[]): Promise<{ code: number; report: VerifyReport; text: string }> {
    const written = { stdout: '', stderr: '' };
    const code = await run(['audit', ...args, '--json'], {
      env: { ASSAY_URL: app.url, ASSAY_API_KEY: app.apiKey, ASSAY_PROJECT: 'default' },
      cwd: app.config.home,
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
    });
    const text = written.stdout + written.stderr;
    return { code, report: JSON.parse(written.stdout || '{}') as VerifyReport, text };
  }

  /** Both ways: with the server's own tables, and as somebody sees it who has an export and no more. */
  async function verified(...args: string[]) {
    const online = await audit('verify', ...args);
    const name = file(`export-${Math.random()}.ndjson`);
    await audit('verify', '--export', name);
    const offline = await audit('verify', name, ...args);
    return { online, offline };
  }

  const tamper = <T>(change: () => Promise<unknown>, work: () => Promise<T>) =>
    superuser.whileChanged([...LOG_TABLES, 'api_key'], async () => void (await change()), work);
  const sql = (text: string) => () => superuser.rows(text);

  it.each([
    [
      'a leaf removed',
      sql('DELETE FROM audit_leaf WHERE id = (SELECT leaf_id FROM audit_entry WHERE entry_index = 5)'),
      /auditEntry 5: its leaf is gone/,
    ],
    [
      'a leaf and its entry removed',
      sql(
        'WITH gone AS (DELETE FROM audit_entry WHERE entry_index = 5 RETURNING leaf_id) DELETE FROM audit_leaf WHERE id IN (SELECT leaf_id FROM gone)',
      ),
      /entry 5/,
    ],
    [
      'two entries swapped',
      async () => {
        for (const [from, to] of [
          [4, 1004],
          [6, 4],
          [1004, 6],
        ])
          await superuser.rows('UPDATE audit_entry SET entry_index = $2 WHERE entry_index = $1', [from, to]);
      },
      /AUDIT_ENTRY_ALTERED/,
    ],
    [
      'a leaf added with a right hash',
      sql(`WITH added AS (INSERT INTO audit_leaf (project_id, entry_id, action, subject_kind, subject_id, leaf, leaf_hash, body)
        SELECT project_id, gen_random_uuid(), action, subject_kind, subject_id, leaf, leaf_hash, body FROM audit_leaf ORDER BY id LIMIT 1 RETURNING id, leaf_hash)
        INSERT INTO audit_entry SELECT (SELECT max(entry_index) + 1 FROM audit_entry), id, leaf_hash FROM added`),
      /no checkpoint covers it/,
    ],
    [
      'the newest checkpoint replaced by an older one',
      sql(
        `UPDATE audit_checkpoint SET note = (SELECT note FROM audit_checkpoint ORDER BY size LIMIT 1) WHERE size = (SELECT max(size) FROM audit_checkpoint)`,
      ),
      /checkpoint/,
    ],
    [
      'a checkpoint of its own number with another root',
      sql(
        `UPDATE audit_checkpoint SET note = replace(note, E'\\n' || size || E'\\n', E'\\n' || size + 1 || E'\\n')`,
      ),
      /signature|checkpoint/,
    ],
    [
      'the tail cut off, and nothing else',
      sql('DELETE FROM audit_entry WHERE entry_index > 10'),
      /size|entries/,
    ],
  ])('is found: %s', async (_, change, named) => {
    await tamper(change, async () => {
      const { code, text, report } = await audit('verify');
      expect(code).toBe(1);
      expect(text).toMatch(named);
      expect(report.culprit).toMatchObject({
        code: expect.stringMatching(/^AUDIT_/),
        remedy: expect.any(String),
      });
    });
    expect(await audit('verify')).toMatchObject({ code: 0 });
  });

  it('is found by who kept a checkpoint: the tail cut off cleanly, with the records that it was about', async () => {
    const { signingKey } = app.app.get(Secrets);
    const change = async () => {
      await superuser.rows(
        'DELETE FROM audit_record WHERE leaf_id IN (SELECT leaf_id FROM audit_entry WHERE entry_index >= 8)',
      );
      await superuser.rows(
        `DELETE FROM api_key k WHERE NOT EXISTS (SELECT FROM audit_record r WHERE r.kind = 'apiKey' AND r.id = k.id::text)`,
      );
      await superuser.rows(
        'DELETE FROM audit_leaf WHERE id IN (SELECT leaf_id FROM audit_entry WHERE entry_index >= 8)',
      );
      await superuser.rows('DELETE FROM audit_entry WHERE entry_index >= 8');
      await rewriteLog(superuser, signingKey);
    };
    await tamper(change, async () => {
      // Nothing here contradicts anything else: it is a shorter log.
      expect((await verified()).online.code).toBe(0);
      const { online, offline } = await verified('--since', file('kept'));
      for (const { code, report } of [online, offline]) {
        expect(code).toBe(1);
        expect(report.culprit).toMatchObject({
          code: 'AUDIT_LOG_REWRITTEN',
          reason: expect.stringContaining('cut off'),
        });
      }
      const followed = await audit('checkpoint', '--keep', file('kept'));
      expect(followed.code).toBe(1);
      expect(followed.text).toContain('AUDIT_LOG_REWRITTEN');
    });
  });

  /** Somebody else did it: one word of an early entry, and everything above it made to fit. */
  const blameAnother = (key: Parameters<typeof rewriteLog>[1]) => async () => {
    await superuser.rows(
      `UPDATE audit_leaf SET leaf = replace(leaf, '"name":"bootstrap"', '"name":"somebody"')`,
    );
    await rewriteLog(superuser, key);
  };

  it('is found by who knows the key: signed with another', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    await tamper(blameAnother(privateKey), async () => {
      const { online, offline } = await verified('--public-key', file('key'));
      for (const { code, report } of [online, offline]) {
        expect(code).toBe(1);
        expect(report.culprit).toMatchObject({ code: 'AUDIT_KEY_UNKNOWN' });
      }
      expect(await audit('verify', '--since', file('kept'))).toMatchObject({
        code: 1,
        report: { culprit: { code: 'AUDIT_LOG_REWRITTEN' } },
      });
      expect(await audit('checkpoint', '--public-key', file('key'))).toMatchObject({ code: 1 });
    });
  });

  it('is found by who kept a checkpoint: signed with the very key', async () => {
    const before = readFileSync(file('kept'), 'utf8');
    await tamper(blameAnother(app.app.get(Secrets).signingKey), async () => {
      // Whoever holds the key can write another log in which everything agrees.
      expect((await verified('--public-key', file('key'))).offline.code).toBe(0);
      const { online, offline } = await verified('--since', file('kept'), '--public-key', file('key'));
      for (const { code, report } of [online, offline]) {
        expect(code).toBe(1);
        expect(report.culprit).toMatchObject({
          code: 'AUDIT_LOG_REWRITTEN',
          reason: expect.stringContaining('rewritten'),
        });
      }
      const followed = await audit('checkpoint', '--keep', file('kept'));
      expect(followed).toMatchObject({ code: 1, text: expect.stringContaining('does not begin with') });
      expect(readFileSync(file('kept'), 'utf8')).toBe(before);
    });
    expect(await audit('checkpoint', '--keep', file('kept'))).toMatchObject({ code: 0 });
    expect(readFileSync(file('kept'), 'utf8')).not.toBe(before);
  });

  it('is not verified by a report that skips what this key may not see: it says so', async () => {
    const viewer = await app.key('viewer');
    const result = { stdout: '', stderr: '' };
    const code = await run(['audit', 'verify'], {
      env: { ASSAY_URL: app.url, ASSAY_API_KEY: viewer, ASSAY_PROJECT: 'default' },
      cwd: app.config.home,
      stdout: { write: (text) => (result.stdout += text) },
      stderr: { write: (text) => (result.stderr += text) },
    });
    expect(code).toBe(0);
    expect(result.stderr).toContain(
      'Records and files are not held against it: this key lacks the permission audit',
    );
    expect(result.stdout).not.toContain('records:');
  });
});
