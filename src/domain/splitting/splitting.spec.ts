import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assignByCuts,
  assignByHash,
  assignByShares,
  assignGroups,
  assignStratified,
  cutsByShares,
  Draw,
  shareProblem,
} from './index.js';
import { quotas } from './shares.js';

const drawsOf = (texts: readonly string[], seed = 7) => {
  const draw = new Draw(seed);
  return Float64Array.from(texts, (text) => draw.of(text));
};
const countsOf = (assigned: Uint8Array, splits: number) =>
  Array.from({ length: splits }, (_, split) => assigned.reduce((n, each) => n + Number(each === split), 0));

/** Parts of 60: shares as people write them, and their sum is 1 but for rounding. */
const someShares = fc
  .array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 4 })
  .map((parts) => parts.map((part) => part / parts.reduce((sum, each) => sum + each, 0)));
const someKeys = fc.uniqueArray(fc.string({ maxLength: 6 }), { minLength: 1, maxLength: 60 });

describe('draws', () => {
  // Python: int.from_bytes(hashlib.sha256(b'assay/split/v1\n7\nk1').digest()[:8], 'big') >> 11, over 2**53.
  it.each([
    [0, '', 0.0880876107998737],
    [7, 'k1', 0.7816182893467879],
    [7, 'k2', 0.6267696590843481],
    [8, 'k1', 0.07373061767669309],
  ])('of seed %i and "%s"', (seed, text, expected) => expect(new Draw(seed).of(text)).toBe(expected));

  it('with a secret are those of its HMAC', () =>
    expect(new Draw(7, Buffer.from('secret')).of('k1')).toBe(0.7266839094006264));
});

describe('shares', () => {
  it.each([
    [[0.8, 0.2], null],
    [[0.7, 0.1, 0.1, 0.1], null],
    [[0.8, 0.3], 'they make 1.1'],
    [[1.2, -0.2], '1.2 is no share between 0 and 1'],
    [[1, 0], '0 is no share between 0 and 1'],
    [[Number.NaN, 1], 'NaN is no share between 0 and 1'],
  ])('%j', (shares, problem) => expect(shareProblem(shares)).toBe(problem));

  it('leave what floors leave to the largest remainders', () => {
    // The textbook case of the Hare quota: 100,000 votes, ten seats.
    const votes = [47_000, 16_000, 15_800, 12_000, 6_100, 3_100];
    expect(
      quotas(
        10,
        votes.map((each) => each / 100_000),
      ),
    ).toEqual([5, 2, 1, 1, 1, 0]);
    // 0.29 * 100 is 28.999999999999996.
    expect(quotas(100, [0.29, 0.71])).toEqual([29, 71]);
  });
});

describe('random', () => {
  it('is what sorting by draws gives', () => {
    const keys = Array.from({ length: 10 }, (_, i) => `k${i}`);
    expect([...assignByShares(drawsOf(keys), [0.6, 0.2, 0.2])]).toEqual([0, 2, 1, 0, 0, 0, 1, 0, 2, 0]);
  });

  it('has exact shares, of rows that are the same too', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 1 }), { maxLength: 60 }), someShares, (rows, shares) => {
        const counts = countsOf(assignByShares(drawsOf(rows), shares), shares.length);
        expect(counts).toEqual(quotas(rows.length, shares));
        counts.forEach((count, i) => expect(Math.abs(count - shares[i]! * rows.length)).toBeLessThan(1));
      }),
    );
  });
});

describe('stratified', () => {
  it('has the shares of each stratum to one row, and of all of them nearly', () => {
    const strata = fc.array(fc.nat(5), { minLength: 1, maxLength: 90 });
    fc.assert(
      fc.property(strata, someShares, (of, shares) => {
        const draws = drawsOf(of.map((_, row) => `k${row}`));
        const assigned = assignStratified(draws, Uint32Array.from(of), shares);
        for (const stratum of new Set(of)) {
          const members = assigned.filter((_, row) => of[row] === stratum);
          countsOf(members, shares.length).forEach((count, i) =>
            expect(Math.abs(count - shares[i]! * members.length)).toBeLessThan(1),
          );
        }
        countsOf(assigned, shares.length).forEach((count, i) =>
          expect(Math.abs(count - shares[i]! * of.length)).toBeLessThan(shares.length),
        );
      }),
    );
  });

  it('does not round many small strata all the same way', () => {
    const of = Uint32Array.from({ length: 300 }, (_, row) => Math.floor(row / 3));
    const draws = drawsOf(Array.from(of, (_, row) => `k${row}`));
    // By itself each would round 0.6 of a row up: a third of all rows instead of a fifth.
    expect(countsOf(assignStratified(draws, of, [0.8, 0.2]), 2)).toEqual([240, 60]);
  });
});

describe('by hash', () => {
  it('is where draws fall', () => {
    const keys = Array.from({ length: 10 }, (_, i) => `k${i}`);
    expect([...assignByHash(drawsOf(keys), [0.6, 0.2, 0.2])]).toEqual([0, 1, 1, 0, 1, 0, 1, 0, 2, 0]);
  });

  it('moves no row when others come or go', () => {
    fc.assert(
      fc.property(someKeys, someKeys, someShares, (keys, more, shares) => {
        const before = assignByHash(drawsOf(keys), shares);
        const after = assignByHash(drawsOf([...more, ...keys]), shares);
        expect([...after.slice(more.length)]).toEqual([...before]);
      }),
    );
  });

  it('has shares within binomial bounds', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}`);
    const [, holdout] = countsOf(assignByHash(drawsOf(keys), [0.8, 0.2]), 2);
    // Six standard deviations: five in 10^10 of all seeds miss it.
    expect(Math.abs(holdout! - 4_000)).toBeLessThan(6 * Math.sqrt(20_000 * 0.8 * 0.2));
  });

  it('puts the last row somewhere although shares add up to less than 1 in doubles', () => {
    const shares = Array.from({ length: 10 }, () => 0.1);
    expect([...assignByHash(Float64Array.of(1 - 2 ** -53), shares)]).toEqual([9]);
  });
});

describe('by group', () => {
  it('divides no group, and no split exceeds its share by a whole group', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(sizes, someShares, (of, shares) => {
        const draws = [...drawsOf(of.map((_, group) => `g${group}`))];
        const found = assignGroups(of, draws, shares);
        const total = of.reduce((sum, size) => sum + size, 0);
        const wanted = quotas(total, shares);
        if (!found.ok) {
          expect(of[found.tooLarge]).toBeGreaterThan(Math.max(...wanted));
          return;
        }
        shares.forEach((_, split) => {
          const rows = of.reduce((sum, size, group) => sum + (found.splits[group] === split ? size : 0), 0);
          expect(rows).toBeLessThan(wanted[split]! + Math.max(...of));
        });
      }),
    );
  });

  it('names a group that no split has room for', () =>
    expect(assignGroups([1, 9, 1], [0.1, 0.2, 0.3], [0.5, 0.5])).toEqual({
      ok: false,
      tooLarge: 1,
      most: 6,
    }));
});

describe('by time', () => {
  it('begins a split at the row where its share begins; equal times stay together', () => {
    const times = Float64Array.of(5, 1, 4, 2, 3, 3, 3, 9, 8, 7);
    expect(cutsByShares(times, [0.5, 0.3, 0.2])).toEqual([4, 8]);
    expect([...assignByCuts(times, [4, 8])]).toEqual([1, 0, 1, 0, 0, 0, 0, 2, 2, 1]);
    expect(cutsByShares(times, [0.3, 0.7])).toEqual([3]);
    expect(countsOf(assignByCuts(times, [3]), 2)).toEqual([2, 8]);
  });

  it('has nothing in an earlier split that is as late as anything in a later one', () => {
    const times = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(times, someShares, (of, shares) => {
        const cuts = cutsByShares(Float64Array.from(of), shares);
        const assigned = assignByCuts(Float64Array.from(of), cuts);
        of.forEach((time, i) =>
          of.forEach((other, j) => {
            if (assigned[i]! < assigned[j]!) expect(time).toBeLessThan(other);
          }),
        );
      }),
    );
  });
});

describe('whatever the order of the rows', () => {
  it('each is in the same split', () => {
    fc.assert(
      fc.property(someKeys, someShares, fc.nat(), (keys, shares, turn) => {
        const order = keys.map((_, i) => (i + turn) % keys.length).reverse();
        const ways: ((texts: readonly string[]) => Uint8Array)[] = [
          (texts) => assignByShares(drawsOf(texts), shares),
          (texts) => assignByHash(drawsOf(texts), shares),
          (texts) =>
            assignStratified(
              drawsOf(texts),
              Uint32Array.from(texts, ({ length }) => length),
              shares,
            ),
          (texts) => {
            const times = Float64Array.from(texts, ({ length }) => length);
            return assignByCuts(times, cutsByShares(times, shares));
          },
        ];
        for (const way of ways) {
          const straight = way(keys);
          const turned = way(order.map((i) => keys[i]!));
          expect([...turned]).toEqual(order.map((i) => straight[i]));
        }
      }),
    );
  });
});
