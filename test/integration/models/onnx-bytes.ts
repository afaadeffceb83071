/** A protobuf message made by hand: what an exporter would write, and what none would. Field numbers are those of onnx.proto3. */
export const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
};
export const part = (field: number, content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
};
export const number = (field: number, value: number): Buffer =>
  Buffer.concat([varint(field * 8), varint(value)]);

const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

/** A tensor of float32 (raw_data), or of int64. */
export const floats = (name: string, dims: number[], values: number[]): Buffer =>
  Buffer.concat([
    ...dims.map((dim) => number(1, dim)),
    number(2, FLOAT),
    part(8, name),
    part(9, Buffer.from(Float32Array.from(values).buffer)),
  ]);
export const integers = (name: string, values: number[]): Buffer =>
  Buffer.concat([
    number(1, values.length),
    number(2, INT64),
    part(8, name),
    part(9, Buffer.from(BigInt64Array.from(values, BigInt).buffer)),
  ]);

export const node = (op: string, inputs: string[], output: string, ...attributes: Buffer[]): Buffer =>
  Buffer.concat([
    ...inputs.map((input) => part(1, input)),
    part(2, output),
    part(4, op),
    ...attributes.map((attribute) => part(5, attribute)),
  ]);

/** A named value, of float32 where nothing else is said; a dimension that is a text is open. */
const value = (name: string, dims: (number | string)[], type = FLOAT): Buffer => {
  const shape = Buffer.concat(
    dims.map((dim) => part(1, typeof dim === 'number' ? number(1, dim) : part(2, dim))),
  );
  return Buffer.concat([part(1, name), part(2, part(1, Buffer.concat([number(1, type), part(2, shape)])))]);
};

export interface Graph {
  nodes: Buffer[];
  weights: Buffer[];
  inputs: Record<string, (number | string)[]>;
  outputs: Record<string, (number | string)[]>;
}

/** A whole model: IR version 8, opset 17. */
export function onnxModel({ nodes, weights, inputs, outputs }: Graph): Buffer {
  const graph = Buffer.concat([
    ...nodes.map((one) => part(1, one)),
    part(2, 'g'),
    ...weights.map((one) => part(5, one)),
    ...Object.entries(inputs).map(([name, dims]) => part(11, value(name, dims))),
    ...Object.entries(outputs).map(([name, dims]) => part(12, value(name, dims))),
  ]);
  return Buffer.concat([number(1, 8), part(7, graph), part(8, Buffer.concat([part(1, ''), number(2, 17)]))]);
}

/** sigmoid(x W + b), the logistic model: float32 in, float32 out. */
export function logisticOnnx(weights: readonly number[], bias: number): Buffer {
  return onnxModel({
    nodes: [node('Gemm', ['x', 'w', 'b'], 'z'), node('Sigmoid', ['z'], 'p')],
    weights: [floats('w', [weights.length, 1], [...weights]), floats('b', [1], [bias])],
    inputs: { x: ['rows', weights.length] },
    outputs: { p: ['rows', 1] },
  });
}

/** A model that never ends: a Loop of 2^62 rounds, each of which changes nothing. */
export function endlessOnnx(width: number): Buffer {
  const scalar = (name: string, type: number, bytes: Buffer) =>
    Buffer.concat([number(2, type), part(8, name), part(9, bytes)]);
  const rounds = Buffer.alloc(8);
  rounds.writeBigInt64LE(2n ** 62n);
  const body = Buffer.concat([
    part(1, node('Identity', ['go'], 'go_on')),
    part(1, node('Identity', ['z_in'], 'z_out')),
    part(2, 'body'),
    part(11, value('i', [], INT64)),
    part(11, value('go', [], BOOL)),
    part(11, value('z_in', ['rows', 1])),
    part(12, value('go_on', [], BOOL)),
    part(12, value('z_out', ['rows', 1])),
  ]);
  const attribute = Buffer.concat([part(1, 'body'), part(6, body), number(20, 5)]);
  return onnxModel({
    nodes: [
      node('MatMul', ['x', 'w'], 'z'),
      node('Loop', ['rounds', 'yes', 'z'], 's', attribute),
      node('Sigmoid', ['s'], 'p'),
    ],
    weights: [
      floats('w', [width, 1], new Array<number>(width).fill(1)),
      scalar('rounds', INT64, rounds),
      scalar('yes', BOOL, Buffer.from([1])),
    ],
    inputs: { x: ['rows', width] },
    outputs: { p: ['rows', 1] },
  });
}
