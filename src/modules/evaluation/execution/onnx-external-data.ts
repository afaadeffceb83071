/**
 * Whether an ONNX model wants data from files beside it: TensorProto.external_data or data_location = EXTERNAL anywhere (onnx.proto3).
 * Reads the protobuf wire format along the messages that can hold a tensor and skips everything else. Throws on bytes that are
 * no such messages.
 */
export function wantsExternalData(model: Uint8Array): boolean {
  return visit(new Reader(model, 0, model.length), MODEL, 0);
}

/** By field number, what kind of message it holds; `found` is the mark that is looked for. */
interface Shape {
  [field: number]: Shape | 'found';
}

// Field numbers of onnx.proto3. GraphProto, NodeProto and AttributeProto hold one another.
const TENSOR: Shape = { 13: 'found', 14: 'found' };
const SPARSE: Shape = { 1: TENSOR, 2: TENSOR };
const ATTRIBUTE: Shape = { 5: TENSOR, 10: TENSOR, 22: SPARSE, 23: SPARSE };
const NODE: Shape = { 5: ATTRIBUTE };
const GRAPH: Shape = { 1: NODE, 5: TENSOR, 15: SPARSE };
ATTRIBUTE[6] = GRAPH;
ATTRIBUTE[11] = GRAPH;
const FUNCTION: Shape = { 7: NODE, 11: ATTRIBUTE };
const TRAINING: Shape = { 1: GRAPH, 2: GRAPH };
const MODEL: Shape = { 7: GRAPH, 20: TRAINING, 25: FUNCTION };

const DEEPEST = 200;

function visit(reader: Reader, shape: Shape, depth: number): boolean {
  if (depth > DEEPEST) throw new Error('it is nested too deeply');
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    const inner = shape[field];
    if (wire === 2) {
      const part = reader.part();
      if (inner === 'found' || (inner !== undefined && visit(part, inner, depth + 1))) return true;
    } else {
      const value = reader.skip(wire);
      if (inner === 'found' && value !== 0) return true;
    }
  }
  return false;
}

class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly end: number,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.at];
      if (this.at >= this.end || byte === undefined) break;
      this.at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error('it ends in the middle of a number');
  }

  part(): Reader {
    const length = this.varint();
    const start = this.at;
    this.move(length);
    return new Reader(this.bytes, start, this.at);
  }

  skip(wire: number): number | undefined {
    if (wire === 0) return this.varint();
    if (wire === 1) this.move(8);
    else if (wire === 5) this.move(4);
    else throw new Error(`it has a field of wire type ${wire}`);
    return undefined;
  }

  private move(by: number): void {
    if (this.at + by > this.end) throw new Error('it is cut off');
    this.at += by;
  }
}
