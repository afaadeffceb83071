import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { fairnessOf, groupsOf } from '../fairness/index.js';
import { seededRandom } from '../statistics/index.js';
import { addBatch, type Batch } from './add-batch.js';
import { metricsOf } from './metric-registry.js';
import { emptyReduction, finishReduction, mergeReductions, type Reduction } from './reduction.js';
import { reductionBytes, reductionFromBytes } from './reduction-bytes.js';

const SHAPE = {
  classes: ['0', '1'],
  positive: '1',
  cells: ['a', 'b'].flatMap((race) => ['f', 'm'].map((sex) => ({ attributes: { race, sex } }))),
  bins: 15,
  seed: 1,
};
interface Row {
  label: number;
  score: number;
  cell: number;
}
const batchOf = (rows: readonly Row[]): Batch => ({
  labels: rows.map(({ label }) => label),
  predictions: rows.map(({ score }) => (score >= 0.5 ? 1 : 0)),
  scores: Float64Array.from(rows, ({ score }) => score),
  cellOf: Uint32Array.from(rows, ({ cell }) => cell),
});
function reduced(rows: readonly Row[]): Reduction {
  const state = emptyReduction(SHAPE);
  addBatch(state, batchOf(rows));
  return state;
}
/** Merges into a state of its own, in the order given. */
function merged(states: readonly Reduction[]): Reduction {
  const all = emptyReduction(SHAPE);
  for (const state of states) mergeReductions(all, state);
  return all;
}
const textOf = (state: Reduction) => JSON.stringify(finishReduction(state));
const hex = (state: Reduction) => Buffer.from(reductionBytes(state)).toString('hex');

const SHARDS = [1, 2, 7, 64];

/** Rows dealt out at random to `count` shards, each in an order of its own, some perhaps empty. */
function dealt(rows: readonly Row[], count: number, seed: number): Reduction[] {
  const random = seededRandom(seed);
  const shards: Row[][] = Array.from({ length: count }, () => []);
  for (const row of rows) {
    const shard = shards[Math.floor(random() * count)]!;
    shard.splice(Math.floor(random() * (shard.length + 1)), 0, row);
  }
  return shards.map(reduced);
}

const score = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, -0, 1, 0.5, 1 / 3, 1 / 15, 2 / 15, 1e-15, 1e-300),
);
const row: fc.Arbitrary<Row> = fc.record({ label: fc.nat(1), score, cell: fc.nat(3) });
const rows = fc.array(row, { minLength: 1, maxLength: 120 });

describe('a reduction in shards', () => {
  it('gives the bits of one worker, whatever the number of shards and their order', () => {
    fc.assert(
      fc.property(rows, fc.nat(), (all, seed) => {
        const whole = reduced(all);
        for (const count of SHARDS) {
          const shards = dealt(all, count, seed);
          for (const order of [shards, [...shards].reverse()]) {
            expect(textOf(merged(order))).toBe(textOf(whole));
            expect(hex(merged(order))).toBe(hex(whole));
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('merges in any grouping, with the empty one as neutral element', () => {
    fc.assert(
      fc.property(rows, rows, rows, (a, b, c) => {
        const [left, right] = [merged([reduced(a), reduced(b)]), merged([reduced(b), reduced(c)])];
        expect(hex(merged([left, reduced(c)]))).toBe(hex(merged([reduced(a), right])));
        expect(hex(merged([reduced(a), reduced(b)]))).toBe(hex(merged([reduced(b), reduced(a)])));
        expect(hex(merged([emptyReduction(SHAPE), reduced(a)]))).toBe(hex(reduced(a)));
      }),
      { numRuns: 40 },
    );
  });

  it('of 50,000 rows, where sums spill and scores are sorted by digits: metrics and fairness to the bit', () => {
    const random = seededRandom('large shards');
    const all = Array.from({ length: 50_000 }, (): Row => {
      const p = random();
      return { score: p, label: random() < p ? 1 : 0, cell: Math.floor(4 * random() ** 2) };
    });
    const answer = (state: Reduction) => {
      const evidence = finishReduction(state);
      return JSON.stringify([metricsOf(evidence), groupsOf(evidence), fairnessOf(evidence)]);
    };
    const whole = answer(reduced(all));
    const cut = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        reduced(all.slice((i * all.length) / count, ((i + 1) * all.length) / count)),
      );
    for (const count of SHARDS) expect(answer(merged(cut(count).reverse()))).toBe(whole);
  });
});

describe('a reduction as bytes', () => {
  it('is read as it was, and merges and goes on as it would have', () => {
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const back = reductionFromBytes(reductionBytes(reduced(a)));
        expect(textOf(back)).toBe(textOf(reduced(a)));
        addBatch(back, batchOf(b));
        expect(hex(back)).toBe(hex(reduced([...a, ...b])));
        const shards = [a, b].map((part) => reductionFromBytes(reductionBytes(reduced(part))));
        expect(hex(merged(shards))).toBe(hex(back));
      }),
      { numRuns: 40 },
    );
  });

  it('also without rows, without scores, and of three classes', () => {
    const three = { classes: ['a', 'b', 'ü'], positive: null, cells: [], bins: 10, seed: 0 };
    const state = emptyReduction(three);
    const back = () => textOf(reductionFromBytes(reductionBytes(state)));
    expect(back()).toBe(textOf(state));
    const third = Float64Array.of(0.2, 0.3);
    const classScores = [third, third, Float64Array.of(0.6, 0.4)];
    addBatch(state, { labels: [2, 0], predictions: [2, 2], classScores });
    expect(back()).toBe(textOf(state));
    const unscored = emptyReduction({ ...three, cells: SHAPE.cells });
    addBatch(unscored, { labels: [1], predictions: [0], cellOf: [3] });
    expect(textOf(reductionFromBytes(reductionBytes(unscored)))).toBe(textOf(unscored));
  });

  it('stands at any offset of a larger buffer', () => {
    const bytes = reductionBytes(reduced([{ label: 1, score: 0.25, cell: 0 }]));
    const larger = new Uint8Array(bytes.length + 6);
    larger.set(bytes, 3);
    expect(hex(reductionFromBytes(larger.subarray(3, 3 + bytes.length)))).toBe(
      Buffer.from(bytes).toString('hex'),
    );
  });

  const good = reductionBytes(reduced([{ label: 1, score: 0.25, cell: 0 }, { label: 0, score: 0.75, cell: 2 }])); // prettier-ignore
  const edited = (change: (header: Record<string, unknown>) => void) => {
    const length = new DataView(good.buffer).getUint32(0, true);
    const header = JSON.parse(Buffer.from(good.subarray(4, 4 + length)).toString()) as Record<
      string,
      unknown
    >;
    change(header);
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length);
    return Buffer.concat([size, text, good.subarray(4 + length)]);
  };

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /cut off/],
    ['half a header', good.subarray(0, 40), /cut off/],
    ['a score less', good.subarray(0, good.length - 8), /do not have their scores/],
    ['text', Buffer.from('\u0005\0\0\0hello'), /no header/],
    ['another format', edited((h) => (h['format'] = 'assay-reduction/2')), /format/],
    ['no shape', edited((h) => (h['shape'] = null)), /no shape/],
    ['a sum of calibration that is none', edited((h) => (h['calibration'] = ['0.5'])), /sums that are none/],
    ['a count below 0', edited((h) => (h['n'] = -1)), /counts that are none/],
    ['a row more', edited((h) => (h['n'] = 3)), /do not add up/],
    ['a loss less', edited((h) => (h['losses'] = [])), /parts of their shape/],
    ['a cell less', edited((h) => (h['cells'] = [1])), /parts of their shape/],
    ['a sum that is none', edited((h) => (h['losses'] = [[2, 'x', '1'], [2, '1', '1']])), /no exact sums/], // prettier-ignore
    ['a score above 1', (() => { const b = good.slice(); new DataView(b.buffer).setFloat64(b.length - 8, 2, true); return b; })(), /outside/], // prettier-ignore
  ])('refuses %s', (_, bytes, message) => {
    expect(() => reductionFromBytes(bytes)).toThrow(RangeError);
    expect(() => reductionFromBytes(bytes)).toThrow(message);
  });
});
