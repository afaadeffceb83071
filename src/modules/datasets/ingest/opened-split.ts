import type { RowsFile } from './rows-file.js';

/** A split's file of any format, whose columns are known. */
export interface OpenedSplit {
  /** Its rows are texts as the file has them. */
  isCsv?: boolean;
  /** In the file's order. */
  names: readonly string[];
  /** Its rows, with columns in the order of `names` given. */
  read(names: readonly string[]): Promise<RowsFile>;
}
