import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachment } from './content-disposition.js';

describe('content-disposition of an artifact', () => {
  it.each([
    ['model.onnx', `attachment; filename="model.onnx"; filename*=UTF-8''model.onnx`],
    ['größe 1.bin', `attachment; filename="groe 1.bin"; filename*=UTF-8''gr%C3%B6%C3%9Fe%201.bin`],
    ['a"b.bin', `attachment; filename="a_b.bin"; filename*=UTF-8''a%22b.bin`],
    ['模型', `attachment; filename="artifact"; filename*=UTF-8''%E6%A8%A1%E5%9E%8B`],
  ])('%s', (name, header) => expect(attachment(name)).toBe(header));

  it('holds visible ASCII only and one pair of quotes, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const header = attachment(name);
        expect(header).toMatch(/^[\x20-\x7e]*$/);
        expect(header.split('"')).toHaveLength(3);
      }),
    );
  });
});
