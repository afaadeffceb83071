import { checkedEndpoint, pinEndpoint } from './endpoint-address.js';
import type { Endpoint } from './execution-plan.js';
import { modelError } from './execution.errors.js';
import { ModelClient } from './http-request.js';
import type { ElementType, ModelRuntime, TensorFacts, TensorValue } from './model-runtime.js';

/** Datatypes of the Open Inference Protocol that columns become. */
const TYPES: Record<string, ElementType> = {
  FP32: 'float32',
  FP64: 'float64',
  INT64: 'int64',
  INT32: 'int32',
  BOOL: 'bool',
  BYTES: 'string',
};

const malformed = (what: string) =>
  modelError(
    'MODEL_ANSWER_MALFORMED',
    `the model's endpoint answered ${what}`,
    'Serve the model by the Open Inference Protocol (KServe v2): GET /v2/models/NAME and POST /v2/models/NAME/infer, with JSON.',
  );

/** A model behind a server that speaks the Open Inference Protocol. Throws MODEL_ENDPOINT_REFUSED and what `ModelClient` throws. */
export async function loadHttp(endpoint: Endpoint, hosts: readonly string[]): Promise<ModelRuntime> {
  const url = checkedEndpoint(endpoint.url, hosts);
  const pinned = await pinEndpoint(url, hosts);
  const client = new ModelClient(url, pinned, endpoint.timeoutSeconds, endpoint.concurrency);
  const metadata = objectOf(await client.json(''), 'metadata');
  let version: unknown;
  return {
    engine: `open-inference-protocol v2, ${String(metadata.platform ?? 'platform not said').slice(0, 80)}`,
    signature: {
      inputs: tensorsOf(metadata.inputs, 'inputs'),
      outputs: tensorsOf(metadata.outputs, 'outputs'),
    },
    rowsPerCall: endpoint.batchRows,
    concurrency: endpoint.concurrency,
    async run(inputs, output) {
      const body = {
        inputs: [...inputs].map(([name, value]) => ({ name, ...dataOf(name, value) })),
        outputs: [{ name: output }],
      };
      const answer = objectOf(await client.json('/infer', body), 'a prediction');
      if (version !== undefined && answer.model_version !== version)
        throw modelError(
          'MODEL_CHANGED',
          "the model's endpoint changed to another model_version while it was asked",
          'Name a version in the URL (/v2/models/NAME/versions/VERSION), and ask again.',
        );
      version = answer.model_version;
      return answeredTensor(answer.outputs, output);
    },
  };
}

function dataOf(name: string, { type, shape, data }: TensorValue) {
  const datatype = Object.keys(TYPES).find((key) => TYPES[key] === type)!;
  const values = Array.from(data as ArrayLike<unknown>, (value) =>
    typeof value === 'bigint' ? Number(value) : type === 'bool' ? value === 1 : value,
  );
  if (values.some((value) => typeof value === 'number' && !Number.isFinite(value)))
    throw modelError(
      'MODEL_INPUT_MISMATCH',
      `a column of input ${JSON.stringify(name)} has empty or infinite values, and JSON has no such numbers`,
      'Push features without empty values, or register the model as ONNX.',
    );
  return { datatype, shape, data: values };
}

function answeredTensor(outputs: unknown, wanted: string): TensorValue {
  const found = arrayOf(outputs, 'outputs').find((one) => objectOf(one, 'an output').name === wanted);
  if (!found) throw malformed(`no output ${JSON.stringify(wanted)}`);
  const { datatype, shape, data } = found as Record<string, unknown>;
  const sizes = arrayOf(shape, 'shape');
  if (!sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 0))
    throw malformed('a shape that is no list of sizes');
  const type = TYPES[String(datatype)] ?? (`other: ${String(datatype).slice(0, 20)}` as const);
  const values = arrayOf(data, 'data').flat(8) as unknown[];
  const kind = type === 'string' ? 'string' : type === 'bool' ? 'boolean' : 'number';
  if (!values.every((value) => typeof value === kind)) throw malformed(`data that are not of ${type}`);
  return { type, shape: sizes as number[], data: values as number[] };
}

function tensorsOf(value: unknown, what: string): TensorFacts[] {
  return arrayOf(value, what).map((one) => {
    const { name, datatype, shape } = objectOf(one, `${what} that are no objects`);
    if (typeof name !== 'string' || name === '') throw malformed(`${what} without a name`);
    const sizes = Array.isArray(shape)
      ? shape.map((size: unknown) => (typeof size === 'number' && size >= 0 ? size : null))
      : null;
    return { name, type: TYPES[String(datatype)] ?? `other: ${String(datatype).slice(0, 20)}`, shape: sizes };
  });
}

function arrayOf(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw malformed(`no ${what}`);
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw malformed(`no object for ${what}`);
}
