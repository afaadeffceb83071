import type { AuditBench } from '../audit-support.js';

/** A unit of work that stays open until it is told to end, whoever else commits meanwhile. */
export class OpenUnit {
  readonly leaves: string[] = [];
  private readonly steps: (() => Promise<unknown>)[] = [];
  private wake: () => void = () => undefined;
  private done!: Promise<void>;

  /** `early`: its transaction gets its number before it records anything. */
  static async open(bench: AuditBench, project: string, name: string, early: boolean): Promise<OpenUnit> {
    const unit = new OpenUnit(bench, name);
    const begun = new Promise<void>((resolve, reject) => {
      unit.done = bench.in(project, () =>
        bench.uow.run(async (tx) => {
          if (early) await tx.query('SELECT pg_current_xact_id()');
          resolve();
          for (;;) {
            const step = unit.steps.shift();
            if (!step) await new Promise<void>((wake) => (unit.wake = wake));
            else if ((await step()) === 'end') return;
          }
        }),
      );
      unit.done.catch(reject);
    });
    await begun;
    return unit;
  }

  private constructor(
    private readonly bench: AuditBench,
    readonly name: string,
  ) {}

  private next(step: () => Promise<unknown>): void {
    this.steps.push(step);
    this.wake();
  }

  /** Record one more leaf. */
  record(): Promise<void> {
    const id = `${this.name}.${this.leaves.length}`;
    this.leaves.push(id);
    return new Promise((resolve, reject) =>
      this.next(() => {
        const fact = { action: 'thing.made', subject: { kind: 'thing', id }, body: { id } };
        return this.bench.log.record(fact).then(resolve, reject);
      }),
    );
  }

  async commit(): Promise<void> {
    this.next(async () => 'end');
    await this.done;
  }

  async rollBack(): Promise<void> {
    this.next(() => Promise.reject(new Error('rolled back')));
    await this.done.catch((error: Error) => {
      if (error.message !== 'rolled back') throw error;
    });
  }
}
