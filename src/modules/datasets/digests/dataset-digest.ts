export const DIGEST_SYSTEMS = ['mlflow', 'openlineage'] as const;
export type DigestSystem = (typeof DIGEST_SYSTEMS)[number];

/** What MLflow can hold. */
export const MLFLOW_LENGTH = 36;

/** What another tool calls a version, or the file of one of its splits. */
export interface DatasetDigest {
  system: DigestSystem;
  /** OpenLineage's; null with MLflow, which has none. */
  namespace: string | null;
  /** What the dataset is called there; null: whatever it is called. */
  name: string | null;
  /** The split whose file it is of; null: of the version. */
  split: string | null;
  /** MLflow's digest, at most 36 characters, or the datasetVersion of OpenLineage's version facet. */
  digest: string;
  /** `computed`: by Assay, of the pushed file; `stated`: by whoever pushed. */
  origin: 'computed' | 'stated';
}

/** Under which MLflow can know a content id: its first 36 hexadecimal digits of 64, which are 144 of 256 bits. */
export const mlflowDigestOf = (contentId: string): string => contentId.slice(0, MLFLOW_LENGTH);
