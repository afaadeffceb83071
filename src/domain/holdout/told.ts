import { otherAnswers, type Spending } from './look-budget.js';
import type { Ladder, LadderStep } from './ladder.js';

/** One look at a sealed split, as it was answered. */
export interface ToldLook {
  look: number;
  /** Null where nothing was released: then each answer counts as one that told something. */
  ladder: (Ladder & { metric: string; step: LadderStep }) | null;
}

/** One decision that rested on a look. */
export interface ToldDecision {
  look: number;
  /** Name of the policy: its last answer is what another of the same kind tells nothing new by. */
  policy: string;
  /** Verdicts of the rules on the split, in the policy's order. */
  verdicts: readonly string[];
}

/** At first every rule is undecided. */
const UNDECIDED = 'INCONCLUSIVE';

/**
 * What the looks before look `look` told, in the terms of `spentAlpha`. The answer to a look is the step of the ladder with the verdicts of
 * the first decision on it; each further decision on it is one more answer. Its default: the step of before, and the verdicts that the
 * policy gave last. `rules`: how many verdicts are shown now. Both lists in any order of looks; decisions of one look in the order they
 * were made.
 */
export function spendingBefore(
  look: number,
  budget: number,
  looks: readonly ToldLook[],
  decisions: readonly ToldDecision[],
  rules: number,
): Spending {
  const last = new Map<string, string>();
  const steps = new Map<string, LadderStep>();
  let [answered, informative, shown, cells] = [0, 0, rules, 0];
  for (const { ladder } of looks) cells = Math.max(cells, ladder?.cells ?? 0);
  const numbers = [...new Set(looks.map((each) => each.look))]
    .filter((each) => each < look)
    .sort((a, b) => a - b);
  for (const number of numbers) {
    const released = looks.filter((each) => each.look === number);
    let tells = released.some(({ ladder }) => {
      if (ladder === null) return true;
      const before = steps.get(ladder.metric) ?? 0;
      steps.set(ladder.metric, ladder.step);
      return ladder.step !== before;
    });
    const made = decisions.filter((each) => each.look === number);
    if (made.length === 0) answered += 1;
    for (const { policy, verdicts } of made) {
      const before = last.get(policy) ?? verdicts.map(() => UNDECIDED).join();
      tells ||= verdicts.join() !== before;
      last.set(policy, verdicts.join());
      shown = Math.max(shown, verdicts.length);
      answered += 1;
      if (tells) informative += 1;
      tells = false;
    }
    if (tells) informative += 1;
  }
  return { looks: budget, answered, informative, answers: otherAnswers(cells, shown) };
}
