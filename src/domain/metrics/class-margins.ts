/** What the metrics of a confusion matrix depend on. Arrays of shape (classes). */
export interface ClassMargins {
  /** Rows. */
  n: number;
  /** Rows of a class that are predicted so. */
  right: Float64Array;
  /** Rows that are predicted to be of a class. */
  predicted: Float64Array;
  /** Rows of a class. */
  labelled: Float64Array;
}

/** The cells of a confusion matrix that hold rows: of many classes, few do. */
export interface FilledCells {
  classes: number;
  /** Label and prediction of each cell. */
  labels: number[];
  predictions: number[];
  counts: number[];
}

/** The cells of counts [label][prediction] that are not 0, row by row. */
export function filledCells(confusion: readonly (readonly number[])[]): FilledCells {
  const cells: FilledCells = { classes: confusion.length, labels: [], predictions: [], counts: [] };
  confusion.forEach((row, label) =>
    row.forEach((count, prediction) => {
      if (count === 0) return;
      cells.labels.push(label);
      cells.predictions.push(prediction);
      cells.counts.push(count);
    }),
  );
  return cells;
}

export function emptyMargins(classes: number): ClassMargins {
  const zeros = () => new Float64Array(classes);
  return { n: 0, right: zeros(), predicted: zeros(), labelled: zeros() };
}

/** Sums cells of the same places but other counts into `margins`, which is used again. */
export function sumMargins(
  { labels, predictions }: FilledCells,
  counts: readonly number[],
  margins: ClassMargins,
): ClassMargins {
  const { right, predicted, labelled } = margins;
  right.fill(0);
  predicted.fill(0);
  labelled.fill(0);
  margins.n = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    const [label, prediction, count] = [labels[cell]!, predictions[cell]!, counts[cell]!];
    margins.n += count;
    labelled[label]! += count;
    predicted[prediction]! += count;
    if (label === prediction) right[label]! += count;
  }
  return margins;
}
