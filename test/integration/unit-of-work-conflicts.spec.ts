import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditBench } from './audit-support.js';

/** Two units that each hold one row and want the other's: PostgreSQL ends one of them. */
describe('units of work that deadlock', () => {
  let bench: AuditBench;
  let project: string;

  beforeAll(async () => {
    bench = await AuditBench.open();
    project = await bench.newProject();
    await bench.database.admin.query(
      `INSERT INTO upload (id, project_id, digest, size, filename, expires_at)
       SELECT ('00000000-0000-7000-8000-00000000000' || i)::uuid, $1, repeat(i::text, 64), 1, 'f' || i, now()
       FROM generate_series(1, 2) i`,
      [project],
    );
  });
  afterAll(() => bench.close());

  const PROLONG = `UPDATE upload SET expires_at = expires_at + interval '1 day' WHERE filename = $1`;

  it('both succeed, the one that was ended from its beginning again, and each change counts once', async () => {
    const runs = { forth: 0, back: 0 };
    let waiting = 0;
    let meet: () => void;
    const met = new Promise<void>((resolve) => (meet = resolve));
    const unit = (name: keyof typeof runs, order: readonly string[]) =>
      bench.in(project, () =>
        bench.uow.run(async (tx) => {
          runs[name] += 1;
          await tx.execute(PROLONG, [order[0]]);
          waiting += 1;
          if (waiting === 2) meet();
          await met;
          await tx.execute(PROLONG, [order[1]]);
          await bench.log.record({ action: 'thing.made', subject: { kind: 'thing', id: name }, body: {} });
        }),
      );
    await Promise.all([unit('forth', ['f1', 'f2']), unit('back', ['f2', 'f1'])]);
    expect(runs.forth + runs.back).toBe(3);
    const { rows } = await bench.database.admin.query<{ twice: boolean }>(
      `SELECT expires_at > now() + interval '40 hours' AS twice FROM upload`,
    );
    expect(rows).toEqual([{ twice: true }, { twice: true }]);
    const { rowCount } = await bench.database.admin.query('SELECT FROM audit_leaf');
    expect(rowCount).toBe(2);
  });

  it('give up after some tries, with the error that the database gave', async () => {
    let runs = 0;
    const hopeless = bench.in(project, () =>
      bench.uow.run(async (tx) => {
        runs += 1;
        await tx.query(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$`);
      }),
    );
    await expect(hopeless).rejects.toMatchObject({ code: '40001' });
    expect(runs).toBe(6);
  });

  it('are not tried again for any other error', async () => {
    let runs = 0;
    const wrong = bench.in(project, () =>
      bench.uow.run(async () => {
        runs += 1;
        throw new Error('mine');
      }),
    );
    await expect(wrong).rejects.toThrow('mine');
    expect(runs).toBe(1);
  });
});
