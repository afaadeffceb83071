import { newId } from '../../src/platform/database/index.js';
import { createApiKey, parseApiKey } from '../../src/platform/auth/api-key.js';
import { ApiClient } from './api-client.js';
import type { Furnished } from './furnished-project.js';
import { MATRIX, PERMISSION_NAMES, ROLES_OF_TABLE } from './role-table.js';
import { type Fresh, planOf, ROW } from './route-examples.js';
import type { TestApp } from './start-test-app.js';

/** Somebody, or nobody, who calls. */
export interface Caller {
  name: string;
  /** Absent: no Authorization header is sent. */
  key?: string;
  keyId?: string;
  /** The code of the 401 that this caller is always answered, but on public routes. */
  unknown?: string;
  /** Whose key it is of another project. */
  foreign?: boolean;
  permissions: readonly string[];
}

interface MadeKey {
  id: string;
  secret: string;
}

const EVERY_ROLE = [...ROLES_OF_TABLE];

/**
 * Nobody; a key of each role; a key with every role narrowed to each single permission; one narrowed to nothing; an expired, a
 * revoked and a well-formed but unknown key; a key with every role in `other`.
 */
export async function makeCallers(test: TestApp, other: { apiKey: string }): Promise<Caller[]> {
  const make = async (body: object): Promise<MadeKey> => {
    const answer = await test.request
      .post('/v1/projects/default/keys')
      .set('authorization', `Bearer ${test.apiKey}`)
      .send(body)
      .expect(201);
    return answer.body as MadeKey;
  };
  const callers: Caller[] = [{ name: 'nobody', unknown: 'API_KEY_MISSING', permissions: [] }];
  const add = (name: string, { id, secret }: MadeKey, more: Partial<Caller>) =>
    callers.push({ name, key: secret, keyId: id, permissions: [], ...more });

  for (const role of ROLES_OF_TABLE) add(role, await make({ roles: [role] }), { permissions: MATRIX[role]! });
  for (const permission of PERMISSION_NAMES) {
    const key = await make({ roles: EVERY_ROLE, scopes: [permission] });
    add(`narrowed to ${permission}`, key, { permissions: [permission] });
  }
  add('narrowed to nothing', await make({ roles: ['viewer'], scopes: ['audit'] }), {});

  const expired = await make({ roles: EVERY_ROLE, expires: '1m' });
  await test.database.admin.query(
    `UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = $1`,
    [expired.id],
  );
  add('an expired key', expired, { unknown: 'API_KEY_EXPIRED' });
  const revoked = await make({ roles: EVERY_ROLE });
  await test.request
    .delete(`/v1/projects/default/keys/${revoked.id}`)
    .set('authorization', `Bearer ${test.apiKey}`)
    .expect(200);
  add('a revoked key', revoked, { unknown: 'API_KEY_REVOKED' });
  add('an unknown key', { id: newId(), secret: createApiKey().secret }, { unknown: 'API_KEY_INVALID' });
  const { rows } = await test.database.admin.query<{ id: string }>('SELECT id FROM api_key WHERE hash = $1', [
    parseApiKey(other.apiKey)!.hash,
  ]);
  const theirs = { id: rows[0]!.id, secret: other.apiKey };
  add("another project's key", theirs, { foreign: true, permissions: PERMISSION_NAMES });
  return callers;
}

/** What a call of `caller` may use up: made beside the call, by SQL where that will do, so that nothing but the call itself is tested. */
export function freshFor(test: TestApp, f: Furnished, caller: Caller): Fresh {
  const copy = async (table: string, id: string, changes: Record<string, unknown>): Promise<string> => {
    const made = newId();
    const sql = `INSERT INTO ${table} OVERRIDING SYSTEM VALUE
      SELECT (jsonb_populate_record(t, $2::jsonb)).* FROM ${table} t WHERE id = $1`;
    await test.database.admin.query(sql, [id, JSON.stringify({ id: made, ...changes })]);
    return made;
  };
  let names = 0;
  return {
    name: () =>
      `fresh-${(caller.keyId ?? '').slice(-8)}-${process.hrtime.bigint()}-${(names += 1)}`.toLowerCase(),
    upload: () => copy('upload', f.uploadId, { created_by: caller.keyId }),
    resumable: async () => {
      const id = newId();
      await test.database.admin.query(
        `INSERT INTO partial_upload (id, project_id, created_by, filename, size, expires_at)
         VALUES ($1, $2, $3, 'fresh.csv', 5, now() + interval '1 hour')`,
        [id, f.projectId, caller.keyId],
      );
      return id;
    },
    queuedJob: () =>
      copy('job', f.jobId, {
        state: 'queued',
        finished_at: null,
        error: null,
        heartbeat_at: null,
        created_at: new Date().toISOString(),
      }),
    openRun: async () => {
      const api = new ApiClient(test, f.key, f.project);
      return (await api.post<{ id: string }>('runs', { experiment: f.experiment })).id;
    },
    subject: async () => {
      const api = new ApiClient(test, f.key, f.project);
      const subject = `fresh-${process.hrtime.bigint()}`;
      await api.post('subjects/withdraw', { subject });
      return subject;
    },
    samplingPlan: async () => {
      const api = new ApiClient(test, f.key, f.project);
      const name = `fresh-${process.hrtime.bigint()}`;
      await api.post('sampling-plans', planOf(f, name));
      await api.post(`sampling-plans/${name}/rows`, { rows: [ROW] });
      return name;
    },
    keyToRevoke: () => copy('api_key', f.keyId, { hash: `\\x${createApiKey().hash.toString('hex')}` }),
  };
}

/** For calls that are to be refused: what is there already. */
export function standing(f: Furnished): Fresh {
  return {
    name: () => 'never-made',
    upload: () => Promise.resolve(f.uploadId),
    resumable: () => Promise.resolve(f.resumableUploadId),
    queuedJob: () => Promise.resolve(f.jobId),
    openRun: () => Promise.resolve(f.openRunId),
    subject: () => Promise.resolve(f.subject),
    samplingPlan: () => Promise.resolve(f.samplingPlan),
    keyToRevoke: () => Promise.resolve(f.keyId),
  };
}
