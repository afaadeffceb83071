import type { Transaction } from '../../../platform/database/index.js';

/** Held to the end of the unit, and taken before it writes anything: what is fed to a plan, or taken from it, comes one after the other. */
export async function lockPlan(tx: Transaction, planId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`assay/sampling-plan/${planId}`]);
}
