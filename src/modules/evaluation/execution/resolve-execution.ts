import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetVersionView } from '../../datasets/index.js';
import type { ModelVersionView } from '../../registry/index.js';
import { checkedEndpoint } from './endpoint-address.js';
import type { Endpoint, ExecutionPlan, InputColumns, Runtime } from './execution-plan.js';
import { named } from './execution.errors.js';
import type { Feature } from './split-features.js';

/** What a client asks to be run. */
export interface ExecutionRequest {
  runtime: Runtime;
  splits: string[];
  inputs: { name?: string | null; features: string[] }[];
  output?: { name?: string | null; column?: number | null; classes?: string[] | null } | null;
  endpoint?: {
    url: string;
    batchRows?: number | null;
    concurrency?: number | null;
    timeoutSeconds?: number | null;
  } | null;
}

const invalid = (message: string, remedy: string) =>
  new InvalidInputError('EXECUTION_INVALID', `execute: ${message}`, { remedy });

/**
 * The plan of a run, with every default said. Throws EXECUTION_INVALID, FEATURE_UNKNOWN, FEATURE_NOT_ALLOWED, MODEL_ARTIFACT_MISSING,
 * MODEL_ENDPOINT_REFUSED: what is wrong without reading a file.
 */
export function resolveExecution(
  request: ExecutionRequest,
  model: Pick<ModelVersionView, 'artifact' | 'model' | 'version'>,
  dataset: Pick<DatasetVersionView, 'schema' | 'dataset' | 'version'>,
  hosts: readonly string[],
): ExecutionPlan {
  const inputs = request.inputs.map(({ name, features }) => ({ name: name ?? null, features }));
  checkInputs(inputs);
  featuresOf(inputs, dataset);
  const { name = null, column = null, classes = null } = request.output ?? {};
  if (column !== null && classes !== null)
    throw invalid(
      'both output.column and output.classes are given',
      'Say which column is the positive class, or the class of each column.',
    );
  if (classes && new Set(classes.map((name) => name.toLowerCase())).size !== classes.length)
    throw invalid('output.classes names a class twice', 'Name the class of each column, each once.');
  const written = ['score', 'prediction', ...(classes ?? []).map((name) => `score_${name}`)];
  // Columns are told apart without regard to case where the file is written.
  const isTaken = (key: string) => written.some((name) => name.toLowerCase() === key.toLowerCase());
  if (dataset.schema.key !== null && isTaken(dataset.schema.key))
    throw invalid(
      `the key column is named ${JSON.stringify(dataset.schema.key)}, as what is predicted would be`,
      'Push a version whose key column has another name.',
    );
  const endpoint = endpointOf(request, hosts);
  if (endpoint === null && model.artifact === null)
    throw new InvalidInputError(
      'MODEL_ARTIFACT_MISSING',
      `${model.model}@${model.version} has no artifact that could be run`,
      { remedy: 'Register a version with its file.' },
    );
  return {
    runtime: request.runtime,
    splits: request.splits,
    inputs,
    output: { name, column, classes },
    artifact: endpoint === null ? model.artifact!.digest : null,
    endpoint,
  };
}

function checkInputs(inputs: readonly InputColumns[]): void {
  const names = inputs.map(({ name }) => name);
  if (inputs.length > 1 && (names.includes(null) || new Set(names).size !== names.length))
    throw invalid('inputs has inputs without a name or with one name', 'Name each input of the model once.');
}

function endpointOf({ runtime, endpoint }: ExecutionRequest, hosts: readonly string[]): Endpoint | null {
  if ((runtime === 'http') !== (endpoint !== null && endpoint !== undefined))
    throw invalid(
      runtime === 'http' ? 'runtime http has no endpoint' : `runtime ${runtime} has an endpoint`,
      'Give the endpoint of a model server with runtime http, and none with the others.',
    );
  if (!endpoint) return null;
  return {
    url: checkedEndpoint(endpoint.url, hosts).href.replace(/\/$/, ''),
    batchRows: endpoint.batchRows ?? 1_000,
    concurrency: endpoint.concurrency ?? 4,
    timeoutSeconds: endpoint.timeoutSeconds ?? 30,
  };
}

const TYPES: readonly string[] = ['int64', 'double', 'boolean', 'text'];

/** The columns that go into a model, each once. Throws FEATURE_UNKNOWN, FEATURE_NOT_ALLOWED. */
export function featuresOf(
  inputs: readonly InputColumns[],
  { schema, dataset, version }: Pick<DatasetVersionView, 'schema' | 'dataset' | 'version'>,
): Feature[] {
  const names = [...new Set(inputs.flatMap(({ features }) => features))];
  const types = new Map(schema.columns.map(({ name, type }): [string, string] => [name, type]));
  const unknown = names.filter((name) => !types.has(name));
  if (unknown.length > 0)
    throw new InvalidInputError(
      'FEATURE_UNKNOWN',
      `${dataset}@${version} has no column ${named(unknown)}; its columns are ${named([...types.keys()])}`,
      { remedy: 'Name columns of the dataset version.' },
    );
  for (const name of names) {
    const what =
      name === schema.label
        ? 'the label, which no model is shown'
        : name === schema.key
          ? 'the key, which says who a row is and nothing else'
          : TYPES.includes(types.get(name)!)
            ? null
            : `of type ${types.get(name)!}, which no input takes`;
    if (what !== null)
      throw new InvalidInputError(
        'FEATURE_NOT_ALLOWED',
        `column ${JSON.stringify(name)} of ${dataset}@${version} is ${what}`,
        { remedy: 'Name columns of numbers, truth values or texts beside key and label.' },
      );
  }
  return names.map((name) => ({ name, type: types.get(name) as Feature['type'] }));
}
