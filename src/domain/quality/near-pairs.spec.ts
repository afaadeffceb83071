import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jaccard, shinglesOf } from './min-hash.js';
import { NearTexts } from './near-pairs.js';

const near = (texts: (string | null)[], threshold = 0.8, shingle = 5, seed = 1) => {
  const all = new NearTexts({ threshold, shingle, seed });
  for (const text of texts) all.add(text);
  return all.near();
};
const similarity = (a: string, b: string, size: number) => {
  const [x, y] = [shinglesOf(a, size), shinglesOf(b, size)];
  const items = Uint32Array.of(...x, ...y);
  return jaccard(items, 0, x.length, x.length, items.length);
};

describe('runs of characters', () => {
  it('abcab has ab, bc and ca', () => {
    expect(shinglesOf('abcab', 2)).toHaveLength(3);
    expect(shinglesOf('ab', 5)).toHaveLength(1);
    expect(shinglesOf('  ', 5)).toHaveLength(0);
    expect(shinglesOf('A  b\nc', 2)).toEqual(shinglesOf('a b c', 2));
  });

  // Leskovec, Rajaraman and Ullman, example 3.1: 3 in common of 8.
  it('Jaccard similarity is what is in common of what there is', () => {
    expect(jaccard(Uint32Array.of(1, 2, 3, 4, 5, 2, 3, 4, 7, 8, 9), 0, 5, 5, 11)).toBe(3 / 8);
    expect(similarity('abcd', 'abcx', 2)).toBe(2 / 4);
  });

  it('as of sets of texts', () => {
    const runs = (text: string, size: number) =>
      new Set(Array.from({ length: Math.max(1, text.length - size + 1) }, (_, i) => text.slice(i, i + size)));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 4 }), (a, b, size) => {
        const [x, y] = [runs(a, size), runs(b, size)];
        const shared = [...x].filter((run) => y.has(run)).length;
        expect(similarity(a, b, size)).toBeCloseTo(shared / (x.size + y.size - shared), 12);
      }),
    );
  });
});

describe('near texts', () => {
  it('names the earlier text, and nothing that is not near', () => {
    const [text, other] = ['the quick brown fox jumps over the lazy dog', 'pack my box with five dozen jugs'];
    expect(near([text, other, null, '', `${text}s`, text.toUpperCase()])).toEqual([
      { item: 4, earlier: 0, similarity: expect.closeTo(39 / 40, 12) as number },
      { item: 5, earlier: 0, similarity: 1 },
    ]);
  });

  it('finds over 95 of 100 planted pairs at 0.8, and none below the threshold, whatever the seed', () => {
    const word = (i: number, j: number) => ((i * 7919 + j * 104729) % 46656).toString(36).padStart(3, 'x');
    const pairs = Array.from({ length: 400 }, (_, i) => {
      const text = Array.from({ length: 18 }, (_, j) => word(i, j)).join('');
      // 50 runs; of the copy the last 5 are others: 45 in common of 55.
      return [text, `${text.slice(0, -5)}${String(i).padStart(5, '#')}`] as const;
    });
    const planted = pairs.filter(([a, b]) => similarity(a, b, 5) >= 0.8);
    expect(planted.length).toBeGreaterThan(390);
    expect(similarity(...planted[0]!, 5)).toBeCloseTo(45 / 55, 2);
    for (const seed of [1, 2, 3]) {
      const found = near(pairs.flat(), 0.8, 5, seed);
      const right = found.filter(({ item, earlier }) => item === earlier + 1 && item % 2 === 1);
      expect(right.length / planted.length).toBeGreaterThan(0.95);
      for (const { item, earlier, similarity: said } of found) {
        const [a, b] = [pairs.flat()[item]!, pairs.flat()[earlier]!];
        expect(said).toBeGreaterThanOrEqual(0.8);
        expect(said).toBeCloseTo(similarity(a, b, 5), 12);
      }
    }
  });
});
