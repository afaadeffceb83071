import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyBundle, verifyExport } from '../../cli/verify/index.js';
import type { Role } from '../../src/platform/auth/index.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

let app: TestApp;
const keys: Partial<Record<Role, string>> = {};
const base = '/v1/projects/default/audit';

beforeAll(async () => {
  app = await startTestApp();
  for (const role of ['viewer', 'auditor'] as const) keys[role] = await app.key(role);
});
afterAll(() => app.stop());

const get = (path: string, key = keys.auditor!) =>
  app.request.get(`${base}${path}`).set('authorization', `Bearer ${key}`);

interface Entry {
  id: string;
  action: string;
  index: number | null;
  subject: { kind: string; id: string };
  body: object | null;
}

async function entries(key?: string): Promise<Entry[]> {
  const answer = await get('/entries', key).expect(200);
  return (answer.body as { items: Entry[] }).items;
}

describe('the audit log over HTTP', () => {
  it('lists what was done, newest first, in pages', async () => {
    const all = await entries();
    expect(all.map(({ action }) => action)).toEqual([
      'key.created',
      'key.created',
      'key.created',
      'project.created',
    ]);
    const first = await get('/entries?first=3').expect(200);
    const page = first.body as { items: Entry[]; endCursor: string; hasNextPage: boolean };
    expect(page.hasNextPage).toBe(true);
    const second = await get(`/entries?after=${page.endCursor}`).expect(200);
    expect((second.body as { items: Entry[] }).items.map(({ id }) => id)).toEqual([all[3]!.id]);
  });

  it('shows bodies to auditors only', async () => {
    expect((await entries()).every(({ body }) => body !== null)).toBe(true);
    expect((await entries(keys.viewer)).every(({ body }) => body === null)).toBe(true);
  });

  it('proves an entry by its id, and the newest about a subject, at once after the change', async () => {
    await app.key('viewer');
    const [newest] = await entries();
    const byId = await get(`/proof?entry=${newest!.id}`).expect(200);
    const { kind, id } = newest!.subject;
    const bySubject = await get(`/proof?subjectKind=${kind}&subjectId=${id}`).expect(200);
    for (const { body } of [byId, bySubject]) {
      expect(verifyBundle(body)).toMatchObject({ ok: true });
      expect((body as { leaf: { id: string } }).leaf.id).toBe(newest!.id);
    }
    const forViewer = await get(`/proof?entry=${newest!.id}`, keys.viewer).expect(200);
    expect((forViewer.body as { body: null }).body).toBeNull();
    expect(verifyBundle(forViewer.body)).toMatchObject({ ok: true });
  });

  it('exports what verifies', async () => {
    const { body: checkpoint } = await get('/checkpoint').expect(200);
    const { text, headers } = await get('/export')
      .buffer(true)
      .parse(asText)
      .expect(200)
      .then(({ body, headers }) => ({
        text: body as string,
        headers: headers as Record<string, string>,
      }));
    expect(headers['content-type']).toContain('application/x-ndjson');
    const known = (checkpoint as { publicKey: string }).publicKey;
    expect(await verifyExport(text.split('\n'), { pinnedPublicKey: known })).toMatchObject({ ok: true });
  });

  it('proves consistency, and refuses to from nothing', async () => {
    const { body } = await get('/consistency?from=1').expect(200);
    expect(body).toMatchObject({ from: 1, hashes: expect.arrayContaining([]) as string[] });
    await get('/consistency?from=0').expect(400);
    await get('/consistency?from=1&to=99999').expect(400);
    await get('/consistency').expect(400);
  });

  it('answers in GraphQL what it answers in REST', async () => {
    const [newest] = await entries();
    const query = `query ($entry: ID!) {
      auditEntries(first: 2) { items { id action subject { kind id } body } hasNextPage }
      auditProof(entry: $entry) { leaf body index treeSize hashes checkpoint publicKey }
    }`;
    const answer = await app.request
      .post('/graphql')
      .set('authorization', `Bearer ${keys.auditor!}`)
      .send({ query, variables: { entry: newest!.id } })
      .expect(200);
    const { data, errors } = answer.body as {
      data: { auditEntries: { items: Entry[] }; auditProof: object };
      errors?: unknown;
    };
    expect(errors).toBeUndefined();
    expect(data.auditEntries.items[0]!.id).toBe(newest!.id);
    expect(verifyBundle(data.auditProof)).toMatchObject({ ok: true });
  });

  it('refuses callers without a key, and questions that name no entry or two', async () => {
    await app.request.get(`${base}/export`).expect(401);
    for (const query of [
      '',
      '?subjectKind=run',
      '?entry=x',
      `?entry=${crypto.randomUUID()}&subjectKind=a&subjectId=b`,
    ]) {
      await get(`/proof${query}`).expect(400);
    }
    const unknown = await get(`/proof?entry=${crypto.randomUUID()}`).expect(404);
    expect(unknown.body).toMatchObject({ code: 'AUDIT_ENTRY_NOT_FOUND' });
  });

  it('is hidden from other projects', async () => {
    const other = await app.newProject('elsewhere');
    const [newest] = await entries();
    const answer = await app.request
      .get(`/v1/projects/elsewhere/audit/proof?entry=${newest!.id}`)
      .set('authorization', `Bearer ${other.apiKey}`);
    expect(answer.status).toBe(404);
  });
});

function asText(response: NodeJS.EventEmitter, done: (error: Error | null, text: string) => void): void {
  let text = '';
  response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  response.on('end', () => done(null, text));
}
