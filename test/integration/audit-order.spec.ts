import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyExport } from '../../cli/verify/index.js';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { extent, SEED } from '../support/extent.js';
import { OpenUnit } from './audit-order/open-unit.js';
import { SequencerProcess } from './audit-order/sequencer-process.js';
import { AuditBench } from './audit-support.js';

const STEPS = extent(1_500, 15_000);
const MOST_OPEN = 8;

/** The design that this log does not have: remember the last id that was seen, and go on from there. */
class CursorById {
  readonly seen = new Set<string>();
  private last = '0';

  constructor(private readonly bench: AuditBench) {}

  async poll(): Promise<void> {
    const { rows } = await this.bench.database.admin.query<{ id: string; subject_id: string }>(
      'SELECT id, subject_id FROM audit_leaf WHERE id > $1 ORDER BY id',
      [this.last],
    );
    for (const { subject_id } of rows) this.seen.add(subject_id);
    this.last = rows.at(-1)?.id ?? this.last;
  }
}

/** When a leaf's unit began, and when its commit was answered, in steps of the schedule. */
interface Span {
  begun: number;
  committed: number;
}

describe('the order of the audit log, under a seeded schedule of transactions that end late', () => {
  let bench: AuditBench;
  let project: string;
  let processes: SequencerProcess[];
  let cursor: CursorById;
  const committed = new Map<string, Span>();
  const rolledBack = new Set<string>();
  const began = new Map<OpenUnit, number>();

  beforeAll(async () => {
    bench = await AuditBench.open();
    project = await bench.newProject();
    // What a commit asks of this process is left to the two others.
    bench.sequencer.nudge = () => undefined;
    cursor = new CursorById(bench);
    processes = await Promise.all(
      [0, 1].map(() => SequencerProcess.start(bench.database.appUrl, bench.home)),
    );
    await runSchedule();
  });
  afterAll(async () => {
    await Promise.all(processes.map((each) => each.stop()));
    await bench.close();
  });

  async function runSchedule(): Promise<void> {
    const random = seededRandom(SEED);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const passes: Promise<void>[] = [];
    const end = async (unit: OpenUnit, step: number, keeps: boolean) => {
      if (keeps) {
        await unit.commit();
        for (const leaf of unit.leaves) committed.set(leaf, { begun: began.get(unit)!, committed: step });
      } else {
        await unit.rollBack();
        for (const leaf of unit.leaves) rolledBack.add(leaf);
      }
      began.delete(unit);
    };
    for (let step = 0; step < STEPS; step++) {
      const open = [...began.keys()];
      const draw = random();
      if (open.length === 0 || (draw < 0.15 && open.length < MOST_OPEN))
        began.set(await OpenUnit.open(bench, project, `u${step}`, random() < 0.5), step);
      else if (draw < 0.5) await pick(open).record();
      else if (draw < 0.7) await end(pick(open), step, random() < 0.7);
      // Under way while the next steps commit and roll back, often in both processes at once.
      else if (draw < 0.85) passes.push(pick(processes).pass());
      else if (draw < 0.9) await Promise.all(processes.map((each) => each.pass()));
      else await cursor.poll();
    }
    for (const [i, unit] of [...began.keys()].reverse().entries()) await end(unit, STEPS + i, true);
    await Promise.all(passes);
    await cursor.poll();
    for (;;) {
      await Promise.all(processes.map((each) => each.pass()));
      const { rowCount } = await bench.database.admin.query('SELECT FROM audit_pending LIMIT 1');
      if (rowCount === 0) return;
    }
  }

  it('takes every leaf that was committed in exactly once, and none that was rolled back', async () => {
    const found = await bench.subjects();
    expect(rolledBack.size).toBeGreaterThan(20);
    expect(found.length).toBe(new Set(found).size);
    expect(found.toSorted()).toEqual([...committed.keys()].toSorted());
    const shares = processes.map(({ integrated }) => integrated);
    expect(shares[0]! + shares[1]!).toBe(found.length);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    const missed = [...committed.keys()].filter((id) => !cursor.seen.has(id)).length;
    console.error(
      `audit order: seed ${SEED}, ${STEPS} steps, ${committed.size} leaves committed, ${rolledBack.size} rolled back, ` +
        `integrated by two processes ${shares.join(' + ')}; a cursor by id lost ${missed}`,
    );
  });

  it('loses leaves by a cursor by id, on the same schedule', () => {
    const missed = [...committed.keys()].filter((id) => !cursor.seen.has(id));
    expect(missed.length).toBeGreaterThan(0);
  });

  it('keeps the leaves of a unit in the order in which it recorded them', async () => {
    const next = new Map<string, number>();
    for (const id of await bench.subjects()) {
      const [unit, n] = id.split('.') as [string, string];
      expect(Number(n), id).toBe(next.get(unit) ?? 0);
      next.set(unit, Number(n) + 1);
    }
  });

  it('places what was committed before something else began before it', async () => {
    let latestBegin = -1;
    for (const id of await bench.subjects()) {
      const { begun, committed: at } = committed.get(id)!;
      expect(at, `${id} stands behind what began after its commit`).toBeGreaterThan(latestBegin);
      latestBegin = Math.max(latestBegin, begun);
    }
  });

  it('signed a checkpoint for every batch, each of which the last one extends', async () => {
    const report = await verifyExport(await bench.exportLines(project));
    expect(report.culprit).toBeUndefined();
    expect(report.ok).toBe(true);
    const { rowCount } = await bench.database.admin.query('SELECT FROM audit_checkpoint');
    expect(rowCount).toBeGreaterThan(10);
  });
});
