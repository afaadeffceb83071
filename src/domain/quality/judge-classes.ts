/** Rows of a class or group in a split. */
export interface CountedValue {
  split: string;
  /** Null: no value. */
  value: string | null;
  rows: number;
}

/** Classes that the largest of their split outnumbers more than `maxRatio` times. */
export function fewOfClass(
  counts: readonly CountedValue[],
  maxRatio: number,
): { split: string; value: string | null; rows: number; ratio: number }[] {
  const largest = new Map<string, number>();
  for (const { split, rows } of counts) largest.set(split, Math.max(largest.get(split) ?? 0, rows));
  return counts.flatMap(({ split, value, rows }) => {
    const ratio = largest.get(split)! / rows;
    return ratio > maxRatio ? { split, value, rows, ratio } : [];
  });
}

/** Rows of a group in a split, and how many of them have the positive label. */
export interface LabelledGroup {
  split: string;
  column: string;
  value: string | null;
  rows: number;
  positives: number;
}

/** Groups whose share of positives is below `minRatio` of the largest of their split and column. Where none has one, all are alike. */
export function unequalRates(
  groups: readonly LabelledGroup[],
  minRatio: number,
): (LabelledGroup & { rate: number; ratio: number })[] {
  const key = ({ split, column }: LabelledGroup) => JSON.stringify([split, column]);
  const largest = new Map<string, number>();
  for (const group of groups)
    largest.set(key(group), Math.max(largest.get(key(group)) ?? 0, group.positives / group.rows));
  return groups.flatMap((group) => {
    const best = largest.get(key(group))!;
    const rate = group.positives / group.rows;
    const ratio = best === 0 ? 1 : rate / best;
    return ratio < minRatio ? { ...group, rate, ratio } : [];
  });
}

/** How much of what there is to gain over the most frequent label a prediction gains; null where there is nothing to gain. */
export function skillOf(right: number, mostFrequent: number, rows: number): number | null {
  return rows > mostFrequent ? (right - mostFrequent) / (rows - mostFrequent) : null;
}
