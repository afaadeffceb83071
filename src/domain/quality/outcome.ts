import type { CheckOutcome, CheckUnit } from './check-definition.js';

/** Counts with thousands separated. */
const counted = (value: number) => value.toLocaleString('en-US');

/** The outcome of a count: nothing may fail, and of nothing nothing is told. `what` says what fails, after the number: `rows of test stand in train`. */
export function outcomeOf(
  unit: CheckUnit,
  { failing, warnings = 0, total }: { failing: number; warnings?: number; total: number },
  what: string,
  facts: Record<string, unknown> = {},
): CheckOutcome {
  if (total === 0) return notDefined(unit, `there are no ${unit} to judge`, facts);
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

/**
 * The outcome of what is decided with an error level: without a failure, one that is undecided leaves the whole undefined. `undecided` says
 * of each why.
 */
export function outcomeOfDecided(
  unit: CheckUnit,
  { failing, undecided, total }: { failing: number; undecided: readonly string[]; total: number },
  what: string,
  facts: Record<string, unknown> = {},
): CheckOutcome {
  if (total === 0) return notDefined(unit, `there are no ${unit} to judge`, facts);
  const open = `${counted(undecided.length)} of ${counted(total)} ${unit} cannot be told (the first: ${undecided[0]})`;
  if (failing === 0 && undecided.length > 0) return notDefined(unit, open, facts);
  const outcome = outcomeOf(unit, { failing, total }, what, facts);
  return undecided.length === 0 ? outcome : { ...outcome, reason: `${outcome.reason}; ${open}` };
}
