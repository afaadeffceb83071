import type { Ladder, LadderStep } from './ladder.js';
import type { Spending } from './look-budget.js';

/** One look at a sealed split, as it was answered. */
export interface ToldLook {
  look: number;
  /** Null where nobody kept what was released: then the look counts as one that told something. */
  ladder: (Ladder & { metric: string; step: LadderStep }) | null;
}

/** Of a look that releases nothing by its nature. */
export const TOLD_NOTHING: NonNullable<ToldLook['ladder']> = {
  metric: 'none',
  baseline: 0,
  eta: 1,
  cells: 0,
  step: 0,
};

/** One decision that rested on a look. */
export interface ToldDecision {
  look: number;
  /** Name of the policy: what it said last is its default. */
  policy: string;
  /** Verdicts of its rules on the split, in its order. */
  verdicts: readonly string[];
}

/** At first every rule is undecided. */
const UNDECIDED = 'INCONCLUSIVE';
/** PASS, FAIL, INCONCLUSIVE, ERROR: a rule whose verdict changed has three others. */
const OTHER_VERDICTS = 3;
/** For what a look without a known answer may have told. */
const UNKNOWN = 100;

/**
 * What the looks before look `look` told, in the terms of `spentAlpha`. The answer to a look is what the ladder rose by, with the verdicts of
 * the first decision on it; each further decision on it is one more answer. Its default: no step, and the verdicts that the policy gave
 * last. Of R rules h changed and the ladder rose by s steps: that answer has the weight 1/(R+1) 1/(C(R,h) 3^h) 1/((s+1)(s+2)), so that all
 * possible answers have weights of at most 1 together, and alpha is spent on histories as in STATISTICS, section 4, where each has 1/A.
 * Looks in any order; decisions on one look in the order they were made.
 */
export function spendingBefore(
  look: number,
  budget: number,
  looks: readonly ToldLook[],
  decisions: readonly ToldDecision[],
): Spending {
  const last = new Map<string, readonly string[]>();
  const steps = new Map<string, LadderStep>();
  const first = { answered: 0, informative: 0 };
  const further = { answered: 0, informative: 0 };
  let product = 1;
  const answer = (kind: typeof first, tells: boolean, alternatives: number) => {
    kind.answered += 1;
    if (!tells) return;
    kind.informative += 1;
    product *= alternatives;
  };
  const numbers = [...new Set(looks.map((each) => each.look))].filter((each) => each < look);
  for (const number of numbers.sort((a, b) => a - b)) {
    const rise = riseAt(
      looks.filter((each) => each.look === number),
      steps,
    );
    const made = decisions.filter((each) => each.look === number);
    if (made.length === 0) answer(first, rise.rose, rise.ways);
    for (const [i, { policy, verdicts }] of made.entries()) {
      const key = `${policy} ${verdicts.length}`;
      const before = last.get(key) ?? verdicts.map(() => UNDECIDED);
      last.set(key, verdicts);
      const changed = verdicts.filter((verdict, rule) => verdict !== before[rule]).length;
      const sets = choose(verdicts.length, changed) * OTHER_VERDICTS ** changed;
      if (i > 0) answer(further, changed > 0, verdicts.length * sets);
      else answer(first, changed > 0 || rise.rose, (verdicts.length + 1) * sets * rise.ways);
    }
  }
  return { looks: budget, ...first, ...(further.answered > 0 ? { further } : {}), alternatives: product };
}

/** Whether a ladder rose at a look, and the reciprocal weight of the steps that it rose by, one after another if there are several. */
function riseAt(looks: readonly ToldLook[], steps: Map<string, LadderStep>): { rose: boolean; ways: number } {
  const rises = new Map<string, number>();
  for (const { ladder } of looks) {
    if (ladder === null) return { rose: true, ways: UNKNOWN };
    const { metric, step } = ladder;
    rises.set(metric, (rises.get(metric) ?? 0) + Math.abs(step - (steps.get(metric) ?? 0)));
    steps.set(metric, step);
  }
  const by = [...rises.values()];
  // 1/2 + 1/6 + 1/12 + ... = 1: a first good model rises by many steps at once, which 2^-s would take for a wonder.
  return { rose: by.some((s) => s > 0), ways: by.reduce((ways, s) => ways * (s + 1) * (s + 2), 1) };
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 0; i < k; i++) ways = (ways * (n - i)) / (i + 1);
  return Math.round(ways);
}
