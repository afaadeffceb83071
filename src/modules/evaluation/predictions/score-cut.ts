import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { ScoreThreshold } from '../protocol.js';
import type { PredictionColumns } from './prediction-columns.js';

/** Which scores are positive where no class is predicted: this one and all above, or those above alone. In [0, 1]. */
export type ScoreCut = { from: number } | { above: number };

/**
 * The cut of a whole file, of its table `given`. Above the median a row has a score above what half of the rows have: the scoring rate of
 * New York City's rules for Local Law 144, section 5-300. Throws PREDICTIONS_COLUMNS where the file has no score to cut.
 */
export async function scoreCut(
  db: DuckSession,
  { prediction, score }: PredictionColumns,
  threshold: ScoreThreshold,
  split: string,
): Promise<ScoreCut> {
  if (threshold !== 'median') return { from: threshold };
  if (score === null || prediction !== null) {
    throw new InvalidInputError(
      'PREDICTIONS_COLUMNS',
      `predictions for ${split}: the protocol's threshold is the median of the scores, and the file ${
        score === null ? 'has no column score' : 'says itself what is predicted'
      }`,
      { remedy: 'Send the key and score columns alone, or say another threshold in the protocol.', split },
    );
  }
  const [found] = await db.rows<{ median: number | null }>(
    'SELECT quantile_cont(score0, 0.5) AS median FROM given WHERE isfinite(score0)',
  );
  // Without any score every row is refused for it.
  return { above: found?.median ?? 1 };
}

/** SQL: whether the score is positive. */
export function isPositive(cut: ScoreCut): string {
  // As a text, because DuckDB reads digits as a decimal, and a decimal of seventeen digits is no double.
  return 'from' in cut
    ? `score0 >= CAST('${cut.from}' AS DOUBLE)`
    : `score0 > CAST('${cut.above}' AS DOUBLE)`;
}
