import type { CheckDefinition } from './check-definition.js';
import { conflictingLabels } from './checks/conflicting-labels.js';
import { diversity } from './checks/diversity.js';
import { duplicates } from './checks/duplicates.js';
import { entityLeakage } from './checks/entity-leakage.js';
import { imbalance } from './checks/imbalance.js';
import { labelErrors } from './checks/label-errors.js';
import { labelPredictor } from './checks/label-predictor.js';
import { labelRateParity } from './checks/label-rate-parity.js';
import { leakage } from './checks/leakage.js';
import { nearDuplicateRows } from './checks/near-duplicate-rows.js';
import { nearDuplicates } from './checks/near-duplicates.js';
import { outliers } from './checks/outliers.js';
import { parentDrift } from './checks/parent-drift.js';
import { proxy } from './checks/proxy.js';
import { referential } from './checks/referential.js';
import { representation } from './checks/representation.js';
import { rules } from './checks/rules.js';
import { timeLeakage } from './checks/time-leakage.js';

/** Every check there is. */
export const CHECKS = {
  rules,
  duplicates,
  leakage,
  'entity-leakage': entityLeakage,
  'time-leakage': timeLeakage,
  'conflicting-labels': conflictingLabels,
  imbalance,
  'label-errors': labelErrors,
  'near-duplicates': nearDuplicates,
  'label-predictor': labelPredictor,
  outliers,
  representation,
  'label-rate-parity': labelRateParity,
  proxy,
  diversity,
  'parent-drift': parentDrift,
  referential,
  'near-duplicate-rows': nearDuplicateRows,
} as const;

export type CheckId = keyof typeof CHECKS;

export const CHECK_IDS = Object.keys(CHECKS) as CheckId[];

export function checkOf(id: string): CheckDefinition | undefined {
  return Object.hasOwn(CHECKS, id) ? (CHECKS[id as CheckId] as CheckDefinition) : undefined;
}
