import type { CheckOutcome, CheckUnit } from './check-definition.js';

/** Counts with thousands separated. */
const counted = (value: number) => value.toLocaleString('en-US');

/** The outcome of a count: nothing may fail. `what` says what fails, after the number: `rows of test stand in train`. */
export function outcomeOf(
  unit: CheckUnit,
  { failing, warnings = 0, total }: { failing: number; warnings?: number; total: number },
  what: string,
  facts: Record<string, unknown> = {},
): CheckOutcome {
  const also = warnings > 0 ? `; ${counted(warnings)} only warned of` : '';
  return {
    status: failing === 0 ? 'passed' : 'failed',
    reason: `${counted(failing)} of ${counted(total)} ${unit} ${what}${also}`,
    unit,
    failing,
    warnings,
    total,
    facts,
  };
}

/** What cannot be told, and why. It passes nothing. */
export function notDefined(
  unit: CheckUnit,
  reason: string,
  facts: Record<string, unknown> = {},
): CheckOutcome {
  return { status: 'undefined', reason, unit, failing: 0, warnings: 0, total: 0, facts };
}
