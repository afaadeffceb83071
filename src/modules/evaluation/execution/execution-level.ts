import { isNamedHost } from '../../../platform/outbound/index.js';
import type { EvaluationLevel } from '../evaluation.view.js';
import type { ExecutionPlan } from './execution-plan.js';

/**
 * What a run counts for. Who may ask for one could serve whatever suits them: what a server says that no operator vouches for is
 * worth as much as predictions that were sent.
 */
export function executionLevel(
  { endpoint }: Pick<ExecutionPlan, 'endpoint'>,
  hosts: readonly string[],
): EvaluationLevel {
  return endpoint === null || isNamedHost(new URL(endpoint.url), hosts) ? 'executed' : 'recomputed';
}
