import { describe, expect, it } from 'vitest';
import { bindInputs } from './bind-inputs.js';
import { fillTensors } from './fill-tensors.js';
import type { ElementType, TensorFacts } from './model-runtime.js';
import { chooseOutput, readOutput } from './read-output.js';

const tensor = (name: string, type: ElementType, shape: TensorFacts['shape']): TensorFacts => ({
  name,
  type,
  shape,
});
const given = (features: string[], name: string | null = null) => ({ name, features });
const bind = (inputs: TensorFacts[], columns: ReturnType<typeof given>[], texts: string[] = []) =>
  bindInputs({ inputs, outputs: [] }, columns, new Set(texts));

describe('inputs and columns', () => {
  it('fit by place where there is one input, by name where there are several', () => {
    const one = tensor('x', 'float32', [null, 2]);
    expect(bind([one], [given(['b', 'a'])])).toEqual([
      { name: 'x', type: 'float32', features: ['b', 'a'], rank: 2 },
    ]);
    const two = [tensor('a', 'int64', [null, 1]), tensor('b', 'string', [null])];
    const expected = [
      { name: 'a', type: 'int64', features: ['a'], rank: 2 },
      { name: 'b', type: 'string', features: ['b'], rank: 1 },
    ];
    expect(bind(two, [given(['b', 'a'])], ['b'])).toEqual(expected);
    expect(bind(two, [given(['b'], 'b'), given(['a'], 'a')], ['b'])).toEqual(expected);
  });

  it.each<[string, TensorFacts[], ReturnType<typeof given>[], RegExp]>([
    [
      'an unknown name',
      [tensor('x', 'float32', [null, 1])],
      [given(['a'], 'y')],
      /no input "y"; its inputs are "x"/,
    ],
    [
      'a missing one',
      [tensor('a', 'float32', [null]), tensor('b', 'float32', [null])],
      [given(['a'], 'a')],
      /get no columns/,
    ],
    ['a width', [tensor('x', 'float32', [null, 3])], [given(['a', 'b'])], /takes 3 columns, and 2 are given/],
    ['one value', [tensor('x', 'float32', [null])], [given(['a', 'b'])], /one value a row/],
    ['an image', [tensor('x', 'float32', [null, 3, 8, 8])], [given(['a'])], /4 dimensions/],
    ['a fixed batch', [tensor('x', 'float32', [32, 1])], [given(['a'])], /exactly 32 rows/],
    ['a type', [tensor('x', 'other: float16', [null, 1])], [given(['a'])], /takes float16/],
    ['a text', [tensor('x', 'float32', [null, 1])], [given(['t'])], /takes float32, and "t" is text/],
    ['a number', [tensor('x', 'string', [null, 1])], [given(['a'])], /takes string, and "a" is no text/],
  ])('do not fit for %s', (_what, inputs, columns, message) => {
    expect(() => bind(inputs, columns, ['t'])).toThrow(
      expect.objectContaining({
        code: 'MODEL_INPUT_MISMATCH',
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});

describe('tensors', () => {
  const batch = {
    rows: 3,
    columns: {
      a: Float64Array.of(1, 2, 3),
      b: Float64Array.of(10, 20, 30),
      hole: Float64Array.of(0, NaN, 1),
      half: Float64Array.of(0.5, 1, 1),
      word: ['x', null, 'z'],
    },
  };
  const fill = (type: ElementType, features: string[], from = 0, to = 3) =>
    fillTensors([{ name: 'x', type, features, rank: 2 }], batch, from, to).get('x');

  it('hold rows one after another, in the order of the columns', () => {
    expect(fill('float32', ['b', 'a'])).toEqual({
      type: 'float32',
      shape: [3, 2],
      data: Float32Array.of(10, 1, 20, 2, 30, 3),
    });
    expect(fill('int64', ['a'], 1)).toEqual({ type: 'int64', shape: [2, 1], data: BigInt64Array.of(2n, 3n) });
    expect(fill('float64', ['hole'])!.data).toEqual(Float64Array.of(0, NaN, 1));
  });

  it.each<[ElementType, string, RegExp]>([
    ['int64', 'hole', /"hole" has an empty value, and the model's input takes int64/],
    ['int32', 'half', /"half" has a value of another kind/],
    ['bool', 'a', /another kind/],
    ['string', 'word', /"word" has an empty text/],
  ])('of %s are not made of column %s', (type, feature, message) =>
    expect(() => fill(type, [feature])).toThrow(message),
  );
});

describe('outputs', () => {
  const outputs = [tensor('label', 'int64', [null]), tensor('probabilities', 'float32', [null, 2])];
  const any = { name: null, column: null, classes: null };
  const scores = { type: 'float32' as const, shape: [2, 2], data: Float32Array.of(0.75, 0.25, 0.5, 0.5) };

  it('are chosen by name, or where only one can be meant', () => {
    expect(chooseOutput({ inputs: [], outputs }, any)).toBe('probabilities');
    expect(chooseOutput({ inputs: [], outputs }, { ...any, name: 'label' })).toBe('label');
    expect(() => chooseOutput({ inputs: [], outputs }, { ...any, name: 'p' })).toThrow(/no output "p"/);
    const zipMap = [tensor('output_probability', 'other: a sequence or map', null)];
    expect(() => chooseOutput({ inputs: [], outputs: zipMap }, any)).toThrow(/a sequence or map/);
  });

  it('are the score of a column, of each class, or a class', () => {
    expect(readOutput(scores, 2, { ...any, column: 1 })).toEqual({
      kind: 'score',
      scores: [Float64Array.of(0.25, 0.5)],
    });
    expect(readOutput(scores, 2, { ...any, classes: ['no', 'yes'] })).toEqual({
      kind: 'classScores',
      scores: [Float64Array.of(0.75, 0.5), Float64Array.of(0.25, 0.5)],
    });
    const labels = { type: 'int64' as const, shape: [2], data: BigInt64Array.of(0n, 1n) };
    expect(readOutput(labels, 2, any)).toEqual({ kind: 'prediction', classes: ['0', '1'] });
  });

  it.each<[string, object, object, RegExp]>([
    ['more rows', { shape: [4, 1] }, {}, /shape \[4, 1\]: expected 2 rows/],
    ['no rank', { shape: [] }, {}, /expected rows/],
    ['three dimensions', { shape: [2, 2, 1] }, {}, /expected rows/],
    ['fewer values than its shape', { shape: [2, 3] }, {}, /holds 4 values/],
    ['a choice that nobody made', {}, {}, /which of the columns/],
    ['no such column', {}, { column: 2 }, /no column 2/],
    ['other classes', {}, { classes: ['a', 'b', 'c'] }, /expected 3 columns/],
  ])('of %s are refused', (_what, value, choice, message) =>
    expect(() => readOutput({ ...scores, ...value }, 2, { ...any, ...choice })).toThrow(message),
  );
});
