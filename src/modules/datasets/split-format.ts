/** The forms of a split's file. Each may be packed with gzip or zstd. */
export const SPLIT_FORMATS = ['csv', 'jsonl', 'parquet'] as const;

export type SplitFormat = (typeof SPLIT_FORMATS)[number];
