import { ConflictError, NotFoundError } from '../../platform/errors/index.js';

export interface RefusalReason {
  /** The rule, or `freshness` where the decision no longer stands, or `decision` where there is none. */
  id: string;
  reason: string;
  remedy: string | null;
}

/** Why a policy does not allow a promotion. */
export interface Refusal {
  policy: string;
  decisionId: string | null;
  verdict: string | null;
  reasons: RefusalReason[];
}

/** The first policy's refusal stands in the details themselves; all of them in `refusals`. */
export function promotionRefused(
  modelVersion: string,
  stage: string,
  refusals: readonly Refusal[],
): ConflictError {
  const [first] = refusals;
  const told = refusals.map(
    ({ policy, verdict, reasons }) =>
      `${policy} (${verdict ?? 'no decision'}): ${reasons.map(({ reason }) => reason).join(' ')}`,
  );
  return new ConflictError(
    'PROMOTION_REFUSED',
    `${modelVersion} may not be promoted to ${stage}: it has no fresh PASS of ${refusals.map(({ policy }) => policy).join(', ')}. ${told.join(' ')}`,
    {
      remedy: remedyOf(refusals),
      decisionId: first?.decisionId ?? null,
      verdict: first?.verdict ?? null,
      reasons: first?.reasons ?? [],
      refusals,
      stage,
      modelVersion,
    },
  );
}

function remedyOf(refusals: readonly Refusal[]): string {
  const remedies = refusals.flatMap(({ reasons }) => reasons.flatMap(({ remedy }) => remedy ?? []));
  return [...new Set(remedies)].join(' ') || 'Ask the gate for a decision, and act on its remedies.';
}

export function promotionNotFound(id: string): NotFoundError {
  return new NotFoundError('PROMOTION_NOT_FOUND', `There is no promotion ${id} in this project.`);
}
