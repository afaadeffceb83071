import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface Readiness {
  ready: boolean;
  checks: Record<string, { ok: boolean; detail?: string }>;
}

/** Whether this process can do its work now. Parts of Assay add a check of their own. */
@Injectable()
export class ReadinessService {
  private readonly checks = new Map<string, () => Promise<void>>();

  constructor(database: DataSource) {
    this.add('database', async () => {
      await database.query('SELECT 1');
    });
  }

  /** `check` rejects while the part is not ready. */
  add(name: string, check: () => Promise<void>): void {
    this.checks.set(name, check);
  }

  async check(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => {
        try {
          await check();
          return [name, { ok: true }] as const;
        } catch {
          // The reason may name hosts and users: it goes to the log of whoever failed, not to an open endpoint.
          return [name, { ok: false, detail: 'not answering' }] as const;
        }
      }),
    );
    return { ready: results.every(([, result]) => result.ok), checks: Object.fromEntries(results) };
  }
}
