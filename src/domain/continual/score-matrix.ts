/**
 * What was measured along a sequence of T tasks; stored whole. `scores[i][j]` is the score on task j after training on task i, higher
 * is better, null where nobody measured it. `baseline[j]` is the score on task j of a model that saw none of them.
 */
export interface ScoreMatrix {
  scores: readonly (readonly (number | null)[])[];
  baseline?: readonly number[];
}

/** Throws RangeError unless the matrix is square, and the baseline as long. */
export function checkScoreMatrix({ scores, baseline }: ScoreMatrix): void {
  const tasks = scores.length;
  const ragged = scores.findIndex((row) => row.length !== tasks);
  if (ragged >= 0)
    throw new RangeError(
      `row ${ragged} has ${scores[ragged]!.length} scores, expected one for each of ${tasks} tasks (null where not measured)`,
    );
  if (baseline && baseline.length !== tasks)
    throw new RangeError(
      `the baseline has ${baseline.length} scores, expected one for each of ${tasks} tasks`,
    );
}

/** What was forgotten of each earlier task after each later one: [i][j] = scores[j][j] - scores[i][j] for j < i, otherwise 0. */
export function forgettingMatrix(matrix: ScoreMatrix): (number | null)[][] {
  checkScoreMatrix(matrix);
  return matrix.scores.map((row, i) =>
    row.map((score, j) => {
      const learnt = matrix.scores[j]![j] ?? null;
      if (j >= i) return 0;
      return score === null || learnt === null ? null : learnt - score;
    }),
  );
}
