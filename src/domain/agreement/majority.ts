/** What most raters said of a unit. A tie has no majority: it is reported, and nobody breaks it at random. */
export interface Majority {
  /** The category, or null in a tie and without votes. */
  label: number | null;
  /** The categories with the most votes, more than one in a tie. */
  leading: number[];
  votes: number;
  total: number;
}

/** `votes[k]`: how often category k was given. */
export function majority(votes: readonly number[]): Majority {
  const most = Math.max(0, ...votes);
  const leading = most === 0 ? [] : votes.flatMap((count, k) => (count === most ? [k] : []));
  return {
    label: leading.length === 1 ? leading[0]! : null,
    leading,
    votes: most,
    total: votes.reduce((sum, count) => sum + count, 0),
  };
}
