import type { ExecutionPlan } from './execution-plan.js';

/** Element types that columns can become, and others by whatever name. */
export type ElementType = 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'string' | `other: ${string}`;

/** An input or output as the model declares it. */
export interface TensorFacts {
  name: string;
  type: ElementType;
  /** Null for a dimension that is open, or for a shape that is not said. */
  shape: (number | null)[] | null;
}

export interface Signature {
  inputs: TensorFacts[];
  outputs: TensorFacts[];
}

export type TensorData =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Uint8Array
  | string[]
  | number[];

export interface TensorValue {
  type: ElementType;
  shape: number[];
  data: TensorData;
}

/** A loaded model. */
export interface ModelRuntime {
  /** Program and version. */
  readonly engine: string;
  readonly signature: Signature;
  /** Most rows of one call of `run`. */
  readonly rowsPerCall: number;
  /** Calls of `run` at once. */
  readonly concurrency: number;
  /** The value of one output. Throws AssayError for what can be named, anything else where the model threw. */
  run(inputs: ReadonlyMap<string, TensorValue>, output: string): Promise<TensorValue>;
}

/** Values of one column of the split; null is NaN, or null in a text. */
export type FeatureValues = Float64Array | (string | null)[];

/** Rows by feature. */
export interface FeatureBatch {
  rows: number;
  columns: Record<string, FeatureValues>;
}

/** What a model said of some rows: the score of the positive class, or of each class, or the class itself. */
export type ModelAnswer =
  | { kind: 'score'; scores: Float64Array[] }
  | { kind: 'classScores'; scores: Float64Array[] }
  | { kind: 'prediction'; classes: string[] };

/** What the model process is told first. */
export interface LoadOrder {
  plan: ExecutionPlan;
  /** The file to run; null for `http`. */
  path: string | null;
  /** Columns that hold texts; the others are numbers. */
  texts: string[];
  /** Hosts that may have private addresses. */
  hosts: string[];
}

/** What it answers once the model is loaded and fits. */
export interface LoadedModel {
  engine: string;
  /** The input of each feature list, as it was found. */
  inputs: { name: string; features: string[] }[];
  output: string;
}
