/** One checkpoint of one run of a sweep over held-out domains. Scores by domain, higher is better. */
export interface SweepRecord {
  /** Runs of one trial were drawn together; trials give the standard error. */
  trial: string;
  /** The hyperparameters, drawn once for all held-out domains. */
  hyperparameters: string;
  /** Domains that the run did not train on: one, or two for leave-one-domain-out. */
  heldOut: readonly string[];
  step: number;
  /** Of each domain, the score on its larger part, trained on unless held out, and on the rest, never trained on. */
  inScores: Readonly<Record<string, number>>;
  outScores: Readonly<Record<string, number>>;
}

/** How a sweep chooses among its checkpoints; the rule is part of the number. Gulrajani and Lopez-Paz 2021. */
export type SelectionRule = 'training_domain' | 'leave_one_domain_out' | 'oracle';

interface Choice {
  validation: number;
  test: number;
}

export interface SelectedScore {
  domain: string;
  /** The mean over trials of the chosen checkpoint's score on the held-out domain. */
  mean: number;
  /** Its standard error, population standard deviation over the root of trials, as DomainBed prints it. */
  standardError: number;
  trials: number;
}

export interface SelectedScores {
  formulaId: string;
  domains: SelectedScore[];
  /** The unweighted mean over domains; null without any. */
  average: number | null;
}

/** The scores that a selection rule gives for each domain held out, in the order of their names. A trial without a choice is left out. */
export function selectedScores(records: readonly SweepRecord[], rule: SelectionRule): SelectedScores {
  const domains = [...new Set(records.flatMap(({ heldOut }) => heldOut))].sort();
  const scores = domains.flatMap((domain) => {
    const mine = records.filter(({ heldOut }) => heldOut.includes(domain));
    const tests = [...groupBy(mine, ({ trial }) => trial).values()].flatMap((trial) => {
      const runs = [...groupBy(trial, ({ hyperparameters }) => hyperparameters).values()];
      const best = argmax(runs.flatMap((run) => chosen(run, domain, rule)));
      return best === null ? [] : [best.test];
    });
    return tests.length === 0 ? [] : [summary(domain, tests)];
  });
  return {
    formulaId: `domain-generalisation/${rule}/mean-over-trials`,
    domains: scores,
    average: scores.length === 0 ? null : scores.reduce((sum, { mean }) => sum + mean, 0) / scores.length,
  };
}

/** The checkpoint that the rule takes from the runs of one choice of hyperparameters; none where it cannot tell. */
function chosen(run: readonly SweepRecord[], domain: string, rule: SelectionRule): Choice[] {
  const alone = run.filter(({ heldOut }) => heldOut.length === 1);
  if (rule === 'oracle') {
    // The last step, so that the held-out domain chooses hyperparameters only, not when to stop.
    const last = alone.reduce<SweepRecord | null>((l, r) => (l === null || r.step >= l.step ? r : l), null);
    return last ? [{ validation: last.outScores[domain]!, test: last.inScores[domain]! }] : [];
  }
  const steps =
    rule === 'training_domain'
      ? alone.map((record) => ({
          validation: meanOf(others(record, domain).map((other) => record.outScores[other]!)),
          test: record.inScores[domain]!,
        }))
      : [...groupBy(run, ({ step }) => step).values()].flatMap((records) => leftOut(records, domain));
  const best = argmax(steps);
  return best === null ? [] : [best];
}

/** Validation by the runs that left out a second domain: their score on it. Every other domain must have been left out once. */
function leftOut(records: readonly SweepRecord[], domain: string): Choice[] {
  const alone = records.filter(({ heldOut }) => heldOut.length === 1);
  if (alone.length !== 1) return [];
  const scores = others(alone[0]!, domain).map(
    (other) =>
      records.findLast(({ heldOut }) => heldOut.length === 2 && heldOut.includes(other))?.inScores[other],
  );
  return scores.every((score) => score !== undefined)
    ? [{ validation: meanOf(scores), test: alone[0]!.inScores[domain]! }]
    : [];
}

function others(record: SweepRecord, domain: string): string[] {
  return Object.keys(record.outScores).filter((other) => other !== domain);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of equals the first. */
function argmax(choices: readonly Choice[]): Choice | null {
  return choices.reduce<Choice | null>(
    (best, each) => (best === null || each.validation > best.validation ? each : best),
    null,
  );
}

function summary(domain: string, tests: readonly number[]): SelectedScore {
  const mean = meanOf(tests);
  const variance = meanOf(tests.map((test) => (test - mean) ** 2));
  return { domain, mean, standardError: Math.sqrt(variance / tests.length), trials: tests.length };
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
