import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyBundle, verifyExport } from '../../cli/verify/index.js';
import { verifyConsistency } from '../../src/domain/merkle/index.js';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { AuditBench } from './audit-support.js';
import { createTestDatabase } from '../support/test-database.js';

let bench: AuditBench;
let project: string;

beforeAll(async () => {
  bench = await AuditBench.open();
  project = await bench.newProject();
});
afterAll(() => bench.close());

/** Integrates until nothing waits: transactions of other test files may hold the horizon back for a while. */
async function integrateAll(): Promise<void> {
  for (let i = 0; i < 500; i++) {
    await bench.sequencer.integrate();
    const { rows } = await bench.database.admin.query('SELECT FROM audit_pending LIMIT 1');
    if (rows.length === 0) return;
    await pause(20);
  }
  throw new Error('leaves keep waiting');
}

describe('recording', () => {
  it('leaves nothing of a unit that rolls back', async () => {
    const attempt = bench.in(project, () =>
      bench.uow.run(async () => {
        await bench.log.record({
          action: 'thing.made',
          subject: { kind: 'thing', id: 'rolled-back' },
          body: {},
        });
        throw new Error('no');
      }),
    );
    await expect(attempt).rejects.toThrow('no');
    await bench.record(project, 'kept');
    await integrateAll();
    expect(await bench.subjects()).toContain('kept');
    expect(await bench.subjects()).not.toContain('rolled-back');
  });

  it('is refused outside a unit, and for what is no JSON', async () => {
    const fact = { action: 'thing.made', subject: { kind: 'thing', id: 'x' }, body: {} };
    await expect(bench.in(project, () => bench.log.record(fact))).rejects.toThrow('no unit of work is open');
    await expect(bench.record(project, 'x', { score: NaN })).rejects.toThrow('$.score is NaN');
    await expect(bench.record(project, 'x', { name: 'a\ud800' })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'NOT_CANONICAL_JSON',
    });
  });

  it('takes dates, absent members and any Unicode in the body', async () => {
    const body = { at: new Date(0), absent: undefined, text: 'z\u00fcrich "\u{1f600}"', number: 1e21 };
    await bench.record(project, 'unicode', body);
    const bundle = await bench.in(project, () => bench.proofs.bundleFor({ kind: 'thing', id: 'unicode' }));
    expect(bundle.body).toEqual({ at: '1970-01-01T00:00:00.000Z', text: body.text, number: 1e21 });
    expect(bundle.leaf.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(verifyBundle(bundle)).toMatchObject({ ok: true });
  });
});

describe('sequencing', () => {
  it('waits for no transaction that is left open, and integrates late what commits late', async () => {
    let commit: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    const late = bench.in(project, () =>
      bench.uow.run(async () => {
        await bench.log.record({ action: 'thing.made', subject: { kind: 'thing', id: 'late' }, body: {} });
        await held;
      }),
    );
    await pause(50);
    await bench.record(project, 'early');
    await bench.sequencer.integrate();
    expect((await bench.subjects()).at(-1)).toBe('early');
    commit();
    await late;
    await integrateAll();
    expect((await bench.subjects()).slice(-2)).toEqual(['early', 'late']);
  });

  it('waits for nobody who works in another database of the cluster', async () => {
    const other = await createTestDatabase();
    const client = await other.admin.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_current_xact_id()');
      await bench.record(project, 'meanwhile');
      await bench.sequencer.integrate();
      await bench.sequencer.integrate();
      expect((await bench.subjects()).at(-1)).toBe('meanwhile');
    } finally {
      await client.query('ROLLBACK');
      client.release();
      await other.drop();
    }
  });

  it('loses and repeats nothing under concurrent commits, rollbacks and sequencers', async () => {
    const random = seededRandom(7);
    const others = [bench.anotherSequencer(), bench.anotherSequencer()];
    let writing = true;
    const sequencing = [bench.sequencer, ...others].map(async (sequencer) => {
      while (writing) {
        await sequencer.integrate();
        await pause(1);
      }
    });
    const expected: string[] = [];
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let i = 0; i < 40; i++) {
        const id = `w${writer}-${i}`;
        const [before, after, keeps] = [random() * 4, random() * 8, random() < 0.7];
        const unit = bench.in(project, () =>
          bench.uow.run(async () => {
            await pause(before);
            await bench.log.record({ action: 'thing.made', subject: { kind: 'thing', id }, body: { i } });
            await pause(after);
            if (!keeps) throw new Error('rolled back');
          }),
        );
        if (keeps) {
          expected.push(id);
          await unit;
        } else {
          await expect(unit).rejects.toThrow('rolled back');
        }
      }
    });
    await Promise.all(writers);
    writing = false;
    await Promise.all(sequencing);
    await integrateAll();
    const found = (await bench.subjects()).filter((id) => id.startsWith('w'));
    expect(found.toSorted()).toEqual(expected.toSorted());
    const report = await verifyExport(await bench.exportLines(project));
    expect(report.culprit).toBeUndefined();
    expect(report.ok).toBe(true);
  });

  it('signs a first checkpoint for whoever asks before it was made, and says so where there is nothing to sign for', async () => {
    const fresh = await AuditBench.open();
    try {
      const newProject = await fresh.newProject();
      const checkpoint = () => fresh.in(newProject, () => fresh.proofs.checkpoint());
      await expect(checkpoint()).rejects.toMatchObject({ code: 'AUDIT_LOG_EMPTY' });
      fresh.sequencer.nudge = () => undefined;
      await fresh.record(newProject, 'first');
      expect(await checkpoint()).toMatchObject({ size: 1 });
    } finally {
      await fresh.close();
    }
  });
});

describe('proofs', () => {
  it('of every entry lead to the signed root, and are of the newest entry about a subject', async () => {
    await bench.record(project, 'twice', { time: 1 });
    await bench.record(project, 'twice', { time: 2 });
    const newest = await bench.in(project, () => bench.proofs.bundleFor({ kind: 'thing', id: 'twice' }));
    expect(newest.body).toEqual({ time: 2 });
    const page = await bench.in(project, () => bench.entries.list({ first: 500 }));
    for (const { id, index } of page.items.filter((_, i) => i % 17 === 0)) {
      const bundle = await bench.in(project, () => bench.proofs.bundleOf(id));
      expect(bundle.index).toBe(index);
      expect(verifyBundle(bundle, { pinnedPublicKey: newest.publicKey })).toMatchObject({ ok: true });
    }
  });

  it('of consistency hold between any two sizes', async () => {
    const { size } = await bench.in(project, () => bench.proofs.checkpoint());
    for (const [from, to] of [
      [1, size],
      [2, 3],
      [7, size - 1],
      [size, size],
      [64, 65],
    ] as const) {
      const proof = await bench.in(project, () => bench.proofs.consistency(from, to));
      const bytes = (hex: string) => Buffer.from(hex, 'hex');
      const claim = {
        first: from,
        second: to,
        firstRoot: bytes(proof.fromRoot),
        secondRoot: bytes(proof.toRoot),
      };
      expect(verifyConsistency({ ...claim, proof: proof.hashes.map(bytes) })).toBe(true);
    }
    await expect(bench.in(project, () => bench.proofs.consistency(0))).rejects.toMatchObject({
      code: 'AUDIT_SIZE_INVALID',
    });
    await expect(bench.in(project, () => bench.proofs.consistency(2, size + 1))).rejects.toMatchObject({
      code: 'AUDIT_SIZE_INVALID',
    });
  });

  it('do not exist for what another project did', async () => {
    const other = await bench.newProject();
    await bench.record(other, 'theirs');
    const theirs = await bench.in(other, () => bench.proofs.bundleFor({ kind: 'thing', id: 'theirs' }));
    const asked = bench.in(project, () => bench.proofs.bundleOf(theirs.leaf.id));
    await expect(asked).rejects.toMatchObject({ code: 'AUDIT_ENTRY_NOT_FOUND' });
  });
});

describe('walls', () => {
  it('hide the entries of other projects but for their hashes', async () => {
    const other = await bench.newProject();
    await bench.record(other, 'secret-subject', { secret: 'body' });
    await integrateAll();
    const lines = await bench.exportLines(project);
    expect(lines.join('\n')).not.toContain('secret-subject');
    expect(await verifyExport(lines)).toMatchObject({ ok: true });
    const theirs = await bench.exportLines(other);
    expect(theirs.filter((line) => line.includes('"leaf":'))).toHaveLength(1);
    expect(await verifyExport(theirs)).toMatchObject({ ok: true });
  });

  it('keep bodies from callers without the permission audit', async () => {
    const lines = await bench.exportLines(project, ['read']);
    expect(lines.some((line) => line.includes('"body":'))).toBe(false);
    expect(await verifyExport(lines)).toMatchObject({ ok: true });
    const page = await bench.in(project, () => bench.entries.list({ first: 5 }), ['read']);
    expect(page.items.map(({ body }) => body)).toEqual([null, null, null, null, null]);
    expect(page.hasNextPage).toBe(true);
  });

  it.each([
    'UPDATE audit_leaf SET body = body',
    'UPDATE audit_leaf SET leaf_hash = leaf_hash',
    'DELETE FROM audit_leaf',
    'TRUNCATE audit_leaf CASCADE',
    'UPDATE audit_entry SET leaf_hash = leaf_hash',
    'DELETE FROM audit_entry',
    'TRUNCATE audit_entry',
    `INSERT INTO audit_entry (entry_index, leaf_id, leaf_hash) VALUES (99999, 1, '\\x00')`,
    'UPDATE audit_node SET hash = hash',
    'DELETE FROM audit_node',
    'DELETE FROM audit_checkpoint',
    `UPDATE audit_checkpoint SET note = ''`,
    `INSERT INTO audit_checkpoint (size, root, note, public_key) VALUES (99999, '\\x00', '', '')`,
    'SELECT * FROM audit_pending',
    'DELETE FROM audit_pending',
    'INSERT INTO audit_leaf (id) OVERRIDING SYSTEM VALUE VALUES (1)',
    `INSERT INTO audit_leaf (leaf_hash) VALUES ('\\x00')`,
    'ALTER TABLE audit_leaf DISABLE TRIGGER ALL',
    'DROP TABLE audit_checkpoint',
  ])('refuse the application role: %s', async (statement) => {
    const attempt = bench.in(project, () => bench.uow.run((tx) => tx.query(statement)));
    await expect(attempt).rejects.toThrow(/permission denied|must be owner/);
  });

  it('refuse a leaf that says something else than its row, or is of another project', async () => {
    const insert = (row: unknown[]) =>
      bench.in(project, () =>
        bench.uow.run((tx) =>
          tx.query(
            `INSERT INTO audit_leaf (entry_id, project_id, action, subject_kind, subject_id, body, leaf)
             VALUES (gen_random_uuid(), $1, 'a', 'k', 'i', '{}', $2)`,
            row,
          ),
        ),
      );
    await expect(insert([project, '{"action":"b"}'])).rejects.toThrow('does not say what its row says');
    await expect(insert([await bench.newProject(), '{}'])).rejects.toThrow();
  });

  it('refuse to integrate a leaf twice, out of place, or one that does not wait', async () => {
    const integrate = (first: number, leaves: number[]) =>
      bench.source.query('SELECT audit_integrate($1, $2, $3, $4, $5, $6, $7, $8)', [
        first,
        leaves,
        [],
        [],
        [],
        Buffer.alloc(32),
        'note',
        'key',
      ]);
    const { size } = await bench.in(project, () => bench.proofs.checkpoint());
    await expect(integrate(0, [1])).rejects.toThrow('does not end at entry 0');
    await expect(integrate(size, [1])).rejects.toThrow('of 1 leaves, 0 were waiting');
  });
});

describe('tampering as the superuser', () => {
  const flip = (column: string) =>
    `overlay(${column} placing chr(ascii(substr(${column}, at, 1)) # 1) from at)`;

  it.each([
    ['leaf', 'audit_leaf', flip('leaf'), '(SELECT position(\'"name":"\' IN leaf) + 8)', 'leaf'],
    ['body', 'audit_leaf', flip('body'), "(SELECT position(':' IN body) + 1)", 'body'],
    ['leaf_hash', 'audit_entry', 'set_byte(leaf_hash, at, get_byte(leaf_hash, at) # 1)', '5', 'leaf'],
  ])(
    'of one byte in %s of %s is found by whoever has an export',
    async (column, table, changed, at, field) => {
      const { rows } = await bench.database.admin.query<{ id: string; entry_index: number }>(
        `SELECT l.id, e.entry_index::int FROM audit_leaf l JOIN audit_entry e ON e.leaf_id = l.id
        WHERE l.subject_id = 'twice' LIMIT 1`,
      );
      const { id, entry_index } = rows[0]!;
      const key = table === 'audit_leaf' ? 'id' : 'leaf_id';
      const backup = await bench.database.admin.query<{ value: unknown }>(
        `SELECT ${column} AS value FROM ${table} WHERE ${key} = $1`,
        [id],
      );
      await bench.database.admin.query(
        `UPDATE ${table} t SET ${column} = (SELECT ${changed} FROM (SELECT t.${column}, ${at} AS at) x) WHERE ${key} = $1`,
        [id],
      );
      const report = await verifyExport(await bench.exportLines(project));
      await bench.database.admin.query(`UPDATE ${table} SET ${column} = $2 WHERE ${key} = $1`, [
        id,
        backup.rows[0]!.value,
      ]);
      expect(report).toMatchObject({ ok: false, culprit: { index: entry_index, field } });
    },
  );

  it('of a signed root is found', async () => {
    const { admin } = bench.database;
    const { rows } = await admin.query<{ size: string; note: string }>(
      'SELECT size, note FROM audit_checkpoint ORDER BY size LIMIT 1',
    );
    const { size, note } = rows[0]!;
    await admin.query('UPDATE audit_checkpoint SET note = $2 WHERE size = $1', [
      size,
      note.replace(/\n([0-9]+)\n/, '\n9$1\n'),
    ]);
    const report = await verifyExport(await bench.exportLines(project));
    await admin.query('UPDATE audit_checkpoint SET note = $2 WHERE size = $1', [size, note]);
    expect(report).toMatchObject({ ok: false, culprit: { field: 'checkpoint' } });
    expect(await verifyExport(await bench.exportLines(project))).toMatchObject({ ok: true });
  });
});
