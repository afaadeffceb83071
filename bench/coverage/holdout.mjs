/** The sealed holdout under attack: a leaderboard climbed by votes of coins, and false PASSes in twenty adaptive looks. */
export function holdoutBands({ attacks }) {
  const { attackPasses, climbByVotes } = attacks;
  const setting = { n: 1000, looks: 20, alpha: 0.05 };
  const naive = { sum: 0, runs: 0 };
  const climb = {
    what: 'Ladder, 300 coins and their vote, L=301: release is R0',
    n: 1000,
    band: [0.94, 1],
    trial: (random) => {
      const attempt = climbByVotes(random, 1000, 300, 301);
      naive.sum += attempt.naive;
      naive.runs++;
      // Never more than one step: without any slack.
      if (attempt.highest > attempt.baseline + attempt.eta)
        throw new Error(`released ${attempt.highest}, above R0 + eta`);
      return attempt.highest === attempt.baseline;
    },
    note: () => `never above R0 + eta; an open board shows ${(naive.sum / naive.runs).toFixed(4)} on average`,
  };
  const passes = (holder, eager) => (random) => attackPasses(random, holder, { ...setting, eager });
  return [
    climb,
    {
      what: 'adaptive attack, L=20, alpha_t and Ladder, a vote at the end: any false PASS',
      n: 1000,
      band: [0, 0.05],
      trial: passes('ladder', false),
    },
    {
      what: 'adaptive attack, L=20, alpha_t and Ladder, votes at once: any false PASS',
      n: 1000,
      band: [0, 0.05],
      trial: passes('ladder', true),
    },
    {
      what: 'adaptive attack, L=20, numbers shown and alpha/L, for comparison: any false PASS',
      n: 1000,
      band: [0.5, 1],
      trial: passes('numbers', false),
    },
  ];
}
