import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Who asks whether we are ready (an orchestrator, every few seconds) must not be left waiting. */
const PATIENCE_MS = 3_000;

export interface Readiness {
  ready: boolean;
  checks: Record<string, { ok: boolean; detail?: string }>;
}

/** Whether this process can do its work now. Parts of Assay add a check of their own. */
@Injectable()
export class ReadinessService {
  private readonly checks = new Map<string, { check: () => Promise<void>; otherwise: string }>();

  constructor(database: DataSource) {
    this.add('database', async () => {
      await database.query('SELECT 1');
    });
  }

  /** `check` rejects while the part is not ready; `otherwise` is what everybody may read then. */
  add(name: string, check: () => Promise<void>, otherwise = 'not answering'): void {
    this.checks.set(name, { check, otherwise });
  }

  async check(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, { check, otherwise }]) => {
        try {
          await inTime(check());
          return [name, { ok: true }] as const;
        } catch {
          // The reason may name hosts and users: it goes to the log of whoever failed, not to an open endpoint.
          return [name, { ok: false, detail: otherwise }] as const;
        }
      }),
    );
    return { ready: results.every(([, result]) => result.ok), checks: Object.fromEntries(results) };
  }
}

function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
