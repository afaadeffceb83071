/** The forms of others' results that are read here. */
export const IMPORT_FORMATS = [
  'inspect-json',
  'inspect-eval',
  'lm-eval',
  'lm-eval-samples',
  'promptfoo',
  'openai-evals',
  'tau-bench',
  'junit',
] as const;

export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** How the run ended, as the file tells it: `incomplete` is a run that never said that it ended. */
export type RunStatus = 'completed' | 'cancelled' | 'failed' | 'incomplete';

export type ItemOutcome = 'passed' | 'partial' | 'failed' | 'measured' | 'error' | 'skipped' | 'unscored';

/** Digests by which two runs can tell that they asked the same, as the tool wrote them. */
export interface ItemHashes {
  doc?: string;
  prompt?: string;
  target?: string;
}

/** One try at one item of a task. */
export interface ImportedItem {
  /** The benchmark, test suite or file of prompts that it belongs to; null where the file does not say. */
  task: string | null;
  /** The item's own name within the task. */
  taskId: string;
  /** Which try it was: the number that the tool gave it (Inspect counts from 1, tau-bench from 0), else 1. */
  trial: number;
  /** Finite numbers by metric; null where this try has none. Yes is 1 and no is 0. */
  scores: Record<string, number | null>;
  /** By the first metric, unless the tool itself says more. */
  outcome: ItemOutcome;
  /** No metric has a number: the try counts nowhere. */
  unscored?: true;
  /** US dollars. */
  cost?: number;
  latencyMs?: number;
  hashes?: ItemHashes;
}

/**
 * One metric over all items. A `score` has all its numbers in [0, 1]; a `value` (perplexity, seconds, a mark out of ten) has some
 * outside, and is no rate of success.
 */
export interface ImportedMetric {
  name: string;
  kind: 'score' | 'value';
  scored: number;
  unscored: number;
}

/** A number that the tool computed over items. It is what somebody says, whatever the items say. */
export interface ReportedTotal {
  task: string | null;
  metric: string;
  /** Null where the tool wrote that there is none. */
  value: number | null;
  stderr: number | null;
  /** How many items it is over, where the file says so. */
  n: number | null;
}

/** What a file of results holds, whichever tool wrote it. */
export interface ImportedResults {
  format: ImportFormat;
  /** Of the form, or of the tool where the form has none. */
  formatVersion: string | null;
  /** Names of the tasks, sorted. */
  tasks: string[];
  /** What the tool calls the model. */
  model: string | null;
  status: RunStatus;
  /** The first is the one that outcomes go by. */
  metrics: ImportedMetric[];
  /** By task, item and trial. Empty where the file has totals only. */
  items: ImportedItem[];
  totals: ReportedTotal[];
}
