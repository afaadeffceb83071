import type { Transaction } from '../../platform/database/index.js';

/**
 * Held to the end of the unit: what is decided about a model at a stage, and what is promoted there, goes one after the other.
 * `stage` null: decisions for no stage.
 */
export async function lockStage(tx: Transaction, modelId: string, stage: string | null): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `assay/stage/${modelId}/${stage ?? ''}`,
  ]);
}
