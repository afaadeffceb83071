/** How rows of one file are dealt out to splits. */
export const SPLIT_METHODS = {
  random: 'shares of rows, exact to one row',
  stratified: 'the same shares of each value of a column, exact to one row of each (default: the label)',
  group: 'whole groups: no value of a column stands in two splits (default: the group column)',
  time: 'earlier rows in earlier splits, by a column (default: the time column)',
  hash: 'by the hash of a value (default: the key): it goes to the same split in every version',
} as const;

export type SplitMethod = keyof typeof SPLIT_METHODS;
