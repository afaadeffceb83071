import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidentLearning } from './confident-learning.js';

const SHARED = new URL('../../../../shared/', import.meta.url);
const CIFAR = new URL('data/label-errors/cifar10_labels_predprobs.csv', SHARED).pathname;
const present = existsSync(CIFAR);
if (!present) console.error(`SKIPPED: the probabilities of CIFAR-10 need ${SHARED.pathname}`);

describe('confident learning', () => {
  // cleanlab tests/test_filter_count.py
  it("cleanlab's fixture: thresholds .75, .6857, .8; one suspect, the third", () => {
    const sure = [0.1, 0.8, 0.1];
    const probabilities = [
      [0.9, 0.1, 0],
      [0.6, 0.2, 0.2],
      [0.1, 0, 0.9],
      sure,
      sure,
      sure,
      sure,
      sure,
      sure,
      [0.1, 0.1, 0.8],
    ];
    const found = confidentLearning([0, 0, 1, 1, 1, 1, 1, 1, 1, 2], probabilities, 3);
    [0.75, 0.6857142857142857, 0.8].forEach((threshold, k) =>
      expect(found.thresholds[k]).toBeCloseTo(threshold, 14),
    );
    expect(found.confidentJoint).toEqual([
      [1, 0, 0],
      [0, 6, 1],
      [0, 0, 1],
    ]);
    expect(found.calibratedCounts).toEqual([
      [2, 0, 0],
      [0, 6, 1],
      [0, 0, 1],
    ]);
    expect(found.suspects).toEqual([{ item: 2, given: 1, suggested: 2 }]);
    expect(found).toMatchObject({ estimated: 1, uncalibrated: 1 });
  });

  it('the most probable of the classes that reach their threshold, not of all', () => {
    // Thresholds: .9 for 0, .3 for 1; the last item says 0 with .6, which is not confident, and 1 with .4, which is.
    const found = confidentLearning(
      [0, 1, 1],
      [
        [0.9, 0.1],
        [0.8, 0.2],
        [0.6, 0.4],
      ],
      2,
    );
    expect(found.thresholds).toEqual([0.9, expect.closeTo(0.3, 14)]);
    expect(found.confidentJoint).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('leaves each class in use one item that is right', () => {
    const found = confidentLearning(
      [0, 0, 1],
      [
        [0.4, 0.6],
        [0.2, 0.8],
        [0.45, 0.55],
      ],
      2,
    );
    expect(found.suspects).toHaveLength(2);
    expect(found.confidentJoint).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(found.unrounded).toBeCloseTo(4 / 3, 14);
    expect(found.estimated).toBe(1);
  });

  it('a class without items reaches nothing', () => {
    const found = confidentLearning(
      [0, 0],
      [
        [0.9, 0.1],
        [0.2, 0.8],
      ],
      2,
    );
    expect(found.thresholds[1]).toBeNaN();
    expect(found.calibratedCounts).toEqual([
      [2, 0],
      [0, 0],
    ]);
    expect(found.estimated).toBe(0);
  });

  it('keeps the number of items of each label, rounded or not, and estimates between none and all', () => {
    const item = fc.tuple(
      fc.nat(2),
      fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 60 }), (items) => {
        const labels = items.map(([label]) => label);
        const rows = items.map(([, row]) => row.map((p) => p / row.reduce((a, b) => a + b, 0)));
        const found = confidentLearning(labels, rows, 3);
        [0, 1, 2].forEach((k) => {
          const given = labels.filter((label) => label === k).length;
          expect(found.calibratedCounts[k]!.reduce((a, b) => a + b, 0)).toBe(given);
          expect(found.calibrated[k]!.reduce((a, b) => a + b, 0)).toBeCloseTo(given, 9);
          found.calibratedCounts[k]!.forEach((count, j) => {
            expect(Math.abs(count - found.calibrated[k]![j]!)).toBeLessThan(1);
          });
        });
        expect(Math.abs(found.estimated - found.unrounded)).toBeLessThan(9);
        expect(found.suspects.length).toBe(found.uncalibrated);
        for (const { given, suggested } of found.suspects) expect(suggested).not.toBe(given);
      }),
    );
  });

  it('refuses what does not fit together', () => {
    expect(() => confidentLearning([0], [], 2)).toThrow(/do not match/);
    expect(() => confidentLearning([2], [[0.5, 0.5]], 2)).toThrow(/item 0 has label 2/);
    expect(() => confidentLearning([0], [[1]], 2)).toThrow(RangeError);
  });
});

describe.skipIf(!present)('CIFAR-10 test labels, cross-validated probabilities', () => {
  it('284 errors calibrated, 283.054 unrounded, 244 counted', () => {
    const rows = readFileSync(CIFAR, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
    const found = confidentLearning(
      rows.map((row) => row[1]!),
      rows.map((row) => row.slice(2)),
      10,
    );
    expect(found.estimated).toBe(284);
    expect(found.unrounded).toBeCloseTo(283.054, 3);
    expect(found.uncalibrated).toBe(244);
  });
});
