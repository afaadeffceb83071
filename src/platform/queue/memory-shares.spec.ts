import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryShares } from './memory-shares.js';

describe('memoryShares', () => {
  it.each([
    [
      { workers: 1, memoryMb: 3072, duckMemoryMb: 1024 },
      { workers: 1, duckMb: 1024, heapMb: 1024 },
    ],
    [
      { workers: 2, memoryMb: 3072, duckMemoryMb: 1024 },
      { workers: 2, duckMb: 592, heapMb: 592 },
    ],
    [
      { workers: 4, memoryMb: 3072, duckMemoryMb: 1024 },
      { workers: 4, duckMb: 256, heapMb: 256 },
    ],
    [
      { workers: 16, memoryMb: 3072, duckMemoryMb: 1024 },
      { workers: 4, duckMb: 256, heapMb: 256 },
    ],
    [
      { workers: 16, memoryMb: 32_768, duckMemoryMb: 1024 },
      { workers: 16, duckMb: 932, heapMb: 932 },
    ],
    [
      { workers: 4, memoryMb: 3072, duckMemoryMb: 128 },
      { workers: 4, duckMb: 128, heapMb: 384 },
    ],
  ])('of %j are %j', (config, shares) => {
    expect(memoryShares(config)).toEqual(shares);
  });

  it('never add up to more than the budget, and are enough for a job', () => {
    const config = fc.record({
      workers: fc.integer({ min: 1, max: 256 }),
      memoryMb: fc.integer({ min: 1024, max: 1_000_000 }),
      duckMemoryMb: fc.integer({ min: 128, max: 100_000 }),
    });
    fc.assert(
      fc.property(config, (given) => {
        const { workers, duckMb, heapMb } = memoryShares(given);
        expect(384 + workers * (160 + duckMb + heapMb)).toBeLessThanOrEqual(given.memoryMb);
        expect(workers).toBeGreaterThanOrEqual(1);
        expect(workers).toBeLessThanOrEqual(given.workers);
        expect(duckMb).toBeGreaterThanOrEqual(128);
        expect(heapMb).toBeGreaterThanOrEqual(256);
      }),
    );
  });
});
