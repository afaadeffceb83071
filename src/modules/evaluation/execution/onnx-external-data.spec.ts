import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wantsExternalData } from './onnx-external-data.js';

const field = (number: number, bytes: readonly number[]) => {
  const tag = number * 8 + 2;
  const varint = (value: number) => (value < 128 ? [value] : [(value % 128) + 128, value >> 7]);
  return [...varint(tag), ...varint(bytes.length), ...bytes];
};
const text = (value: string) => [...Buffer.from(value)];
/** TensorProto: dims 1, float, raw_data of four bytes. */
const WHOLE = [0x08, 1, 0x10, 1, ...field(9, [0, 0, 128, 63])];
/** data_location = EXTERNAL, and external_data without it. */
const OUTSIDE = [[...WHOLE, 0x70, 1], field(13, [...field(1, text('location')), ...field(2, text('w.bin'))])];

// Field numbers of onnx.proto3: where tensors may be, from the model down.
const PLACES: Record<string, (tensor: number[]) => number[]> = {
  'an initializer': (tensor) => field(7, field(5, tensor)),
  'a sparse initializer': (tensor) => field(7, field(15, field(1, tensor))),
  'an attribute of a node': (tensor) => field(7, field(1, field(5, field(5, tensor)))),
  'tensors of an attribute': (tensor) => field(7, field(1, field(5, field(10, tensor)))),
  'a branch of a node': (tensor) => field(7, field(1, field(5, field(6, field(5, tensor))))),
  'a function': (tensor) => field(25, field(7, field(5, field(5, tensor)))),
};

describe('data outside the file', () => {
  it.each(Object.keys(PLACES))('are found in %s', (place) => {
    const at = PLACES[place]!;
    for (const tensor of OUTSIDE) expect(wantsExternalData(Uint8Array.from(at(tensor)))).toBe(true);
    expect(wantsExternalData(Uint8Array.from(at(WHOLE)))).toBe(false);
    // data_location = DEFAULT, written out.
    expect(wantsExternalData(Uint8Array.from(at([...WHOLE, 0x70, 0])))).toBe(false);
  });

  it('of a file that is cut off anywhere is never passed over in silence', () => {
    const model = [...field(2, text('maker')), ...PLACES['a branch of a node']!(OUTSIDE[0]!)];
    for (let length = 1; length < model.length; length += 1) {
      const cut = Uint8Array.from(model.slice(0, length));
      // What ends between two fields of the model is whole as far as it goes.
      if (length === field(2, text('maker')).length) expect(wantsExternalData(cut)).toBe(false);
      else expect(() => wantsExternalData(cut)).toThrow(/cut off|middle of a number/);
    }
  });

  it('of any bytes are answered or refused, and it ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(typeof wantsExternalData(bytes)).toBe('boolean');
        } catch (error) {
          expect((error as Error).message).toMatch(/cut off|middle of a number|wire type|too deeply/);
        }
      }),
    );
  });
});
