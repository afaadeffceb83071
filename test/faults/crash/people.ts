/** Rows of a data set of people: what they are follows from their key, so that predictions can be written without the data. */
const isYes = (key: number) => Math.floor(key / 2) % 2 === 0;
const sexOf = (key: number) => (key % 2 === 0 ? 'm' : 'f');

/** Keys of a split: no two splits share one. */
const keysOf = (split: number, rows: number) =>
  Array.from({ length: rows }, (_, i) => split * 1_000_000 + i + 1);

/** A split as CSV. Another `tag` makes other rows of the same keys. */
export function people(split: number, rows: number, tag: number): string {
  const lines = keysOf(split, rows).map(
    (key) => `${key},${key * 0.5 + tag},${sexOf(key)},${isYes(key) ? 'yes' : 'no'}`,
  );
  return `id,x,sex,y\n${lines.join('\n')}\n`;
}

/** Predictions for a split, wrong on one row in twenty. Another `tag` makes other scores, of the same worth. */
export function predictions(split: number, rows: number, tag: number): string {
  const lines = keysOf(split, rows).map((key) => {
    const yes = isYes(key) !== ((Math.imul(key, 2_654_435_761) >>> 0) % 20 === 0);
    const spread = ((Math.imul(key + tag, 40_503) >>> 0) % 9973) / 9973;
    return `${key},${yes ? 'yes' : 'no'},${(yes ? 0.55 + 0.44 * spread : 0.44 * spread).toFixed(6)}`;
  });
  return `id,prediction,score\n${lines.join('\n')}\n`;
}
