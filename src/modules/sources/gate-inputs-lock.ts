import { currentContext } from '../../platform/context/index.js';
import type { Transaction } from '../../platform/database/index.js';

/**
 * Held to the end of the unit, and to be taken before it writes anything. `changing`: policies, dataset versions or evaluations of
 * this project are about to be stored, by one unit at a time. `deciding`: what is decided rests on them, so that they must not
 * change until this unit has ended. As the first row that a transaction writes gives it its place in the audit log, every
 * decision and promotion there stands behind exactly what it rests on.
 */
export async function lockGateInputs(tx: Transaction, mode: 'changing' | 'deciding'): Promise<void> {
  const take = mode === 'changing' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  await tx.query(`SELECT ${take}(hashtextextended($1, 0))`, [
    `assay/gate-inputs/${currentContext().projectId}`,
  ]);
}
