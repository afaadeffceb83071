/** What runs a model. `http`: a server that speaks the Open Inference Protocol (KServe v2). */
export const RUNTIMES = ['onnx', 'tfjs', 'http'] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** An input of the model and the columns that go into it, in this order. */
export interface InputColumns {
  /** Null: the model's only input, or each column into the input of its name. */
  name: string | null;
  features: string[];
}

/** Which output is read, and as what. */
export interface OutputChoice {
  /** Null: the only output, or the only one of floating point. */
  name: string | null;
  /** The column that is the score of the positive class, from 0. */
  column: number | null;
  /** The class of each column. */
  classes: string[] | null;
}

/** A model server, and how it is asked. */
export interface Endpoint {
  /** Of the model: https://HOST/v2/models/NAME, or .../versions/VERSION. */
  url: string;
  /** Rows of one request. */
  batchRows: number;
  /** Requests at once. */
  concurrency: number;
  /** For one request. */
  timeoutSeconds: number;
}

/** What the job is given to run. */
export interface ExecutionPlan {
  runtime: Runtime;
  splits: string[];
  inputs: InputColumns[];
  output: OutputChoice;
  /** SHA-256 of the registered artifact; null for `http`. */
  artifact: string | null;
  endpoint: Endpoint | null;
}

/** What was run, as it is stored with the evaluation and shown to every reader. */
export interface ExecutionFacts {
  runtime: Runtime;
  /** The program that ran it, with its version, or what the endpoint calls itself. */
  engine: string;
  /** SHA-256 of the file that was run. Null for an endpoint: what ran is what answered there, and that is no registered artifact. */
  artifact: string | null;
  endpoint: string | null;
  inputs: InputColumns[];
  output: OutputChoice;
}

/** How long a split took. */
export interface SplitRun {
  split: string;
  rows: number;
  /** From the first batch to the last answer. */
  seconds: number;
  rowsPerSecond: number;
}
