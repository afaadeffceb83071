/** The answers of the HTTP API that the CLI reads, as openapi/openapi.json describes them. Fields may be added. */

export interface UploadView {
  id: string;
  digest: string;
  size: number;
  filename: string | null;
}

export interface JobView {
  id: string;
  kind: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** 0 to 1. */
  progress: number;
  message: string | null;
  result: unknown;
  error: { code: string; message: string; details?: Record<string, unknown> } | null;
  subject?: { kind: string; id: string } | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** A number with its 95 % interval, or why there is none. */
export type Metric =
  | { defined: true; value: number; ci: [number, number] | null; n: number; formulaId: string }
  | { defined: false; reason: string };

export interface SplitResult {
  n: number;
  metrics: Record<string, Metric>;
  groups: { attributes: Record<string, string>; n: number; rates: Record<string, Metric> }[];
  /** Fairness metric, then attributes joined by commas. */
  fairness: Record<string, Record<string, Metric>>;
  slices?: { name: string; where: string; n: number; metrics: Record<string, Metric> }[];
  search?: SliceSearch | null;
}

export type SliceSearch =
  | { defined: false; reason: string }
  | {
      defined: true;
      tried: number;
      slices: {
        where: string;
        n: number;
        rate: number;
        rest: { n: number; rate: number };
        p: number;
        adjustedP: number;
      }[];
    };

export type Verdict = 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR' | 'AWAITING_APPROVAL' | 'STALE';

export interface RuleResult {
  id: string;
  type: string;
  verdict: Verdict;
  observed: number | null;
  threshold: number | null;
  comparison?: 'atLeast' | 'atMost' | null;
  /** One-sided bounds on either side of `observed`. */
  ci: [number, number] | null;
  level?: number | null;
  n: number | null;
  slice: unknown;
  reason: string;
  remedy: string | null;
  evidence: unknown;
  caveats?: string[];
}

/** The answer of `gate check --json`. */
export interface GateDecision {
  decisionId: string;
  verdict: Verdict;
  subject: unknown;
  policy: { name: string; digest: string };
  expiresAt: string | null;
  rules: RuleResult[];
  caveats?: string[];
  state?: 'standing' | 'stale' | 'expired';
  /** Why it no longer stands. */
  staleReason?: string | null;
}

export interface DatasetVersionAnswer {
  id: string;
  dataset: string;
  version: number;
  contentId: string;
  encodingVersion: string | number;
  schema: {
    columns: { name: string; type: string; role: string }[];
    key: string | null;
    label: string | null;
  };
  /** How Assay made its splits out of one file; null: they were pushed as splits. */
  splitBy?: object | null;
  splits: {
    id: string;
    name: string;
    role: string;
    domain: string | null;
    rows: number;
    sealed: boolean;
    root: string;
    looks: { budget: number; used: number } | null;
  }[];
  sources: { name: string; revision: number; byColumn: string | null }[];
  subjectColumn: string | null;
  /** What other tools call it. */
  digests: {
    system: string;
    namespace: string | null;
    name: string | null;
    split: string | null;
    digest: string;
    origin: string;
  }[];
  /** Under which MLflow can know the content id. */
  mlflowDigest: string;
}

interface ColumnNode {
  datasetVersion: string | null;
  namespace: string | null;
  name: string | null;
  column: string;
}

/** Where columns come from, nearest first. */
export interface ColumnLineage {
  edges: {
    from: ColumnNode;
    to: ColumnNode;
    wholeVersion: boolean;
    origin: 'stated' | 'parent' | 'erasure';
    transformations: { type: string; subtype: string | null; masking: boolean | null }[];
  }[];
  truncated: boolean;
}

export interface ModelVersionAnswer {
  id: string;
  model: string;
  version: number;
  artifact: { digest: string; size: number; filename: string | null } | null;
  runId: string | null;
}

/** The answer of `evaluate --json`. */
export interface EvaluationAnswer {
  evaluationId: string;
  modelVersionId: string;
  datasetVersionId: string;
  protocolHash: string;
  level: string;
  /** What was run, where the model was. */
  execution: { engine: string; artifact: string | null; endpoint: string | null } | null;
  splits: Record<string, SplitResult>;
  domains?: {
    source: string | null;
    metrics: Record<string, { domains: { domain: string; metric: Metric; gap: Metric }[] }>;
  } | null;
  robustness?: {
    paired: { clean: string; n: number; perturbations: { name: string; drop: Metric }[] }[];
    unpaired: string[];
  };
}

/** The answer of `evaluation import --json`. */
export interface ImportedEvaluationAnswer {
  id: string;
  modelVersionId: string;
  format: string;
  level: 'reported' | 'recomputed';
  status: string;
  items: number;
  itemsDigest: string | null;
  scores: {
    task: string | null;
    metric: string;
    items: number;
    trials: number;
    unscored: number;
    metrics: Record<string, Metric>;
  }[];
  totals: {
    task: string | null;
    metric: string;
    value: number | null;
    stderr: number | null;
    n: number | null;
  }[];
}

export interface RunAnswer {
  id: string;
  experiment: string;
  name: string | null;
  status: string;
}

export interface LineageGraph {
  nodes: { kind: string; id: string; label: string; depth: number }[];
  edges: { from: { kind: string; id: string }; to: { kind: string; id: string }; relation: string }[];
  truncated: boolean;
}

export interface ApiKeyAnswer {
  id: string;
  name: string;
  prefix: string;
  roles: string[];
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
  createdAt: string;
  secret?: string;
}

export interface Page<T> {
  items: T[];
  endCursor: string | null;
  hasNextPage: boolean;
}
