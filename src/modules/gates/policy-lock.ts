import { currentContext } from '../../platform/context/index.js';
import type { Transaction } from '../../platform/database/index.js';

/**
 * Held to the end of the unit. `exclusive`: the policies of this project are about to change. `shared`: they must not change
 * until this unit has ended.
 */
export async function lockPolicies(tx: Transaction, mode: 'exclusive' | 'shared'): Promise<void> {
  const take = mode === 'exclusive' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  await tx.query(`SELECT ${take}(hashtextextended($1, 0))`, [`assay/policies/${currentContext().projectId}`]);
}
