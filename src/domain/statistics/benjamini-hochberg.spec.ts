import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { benjaminiHochberg } from './benjamini-hochberg.js';
import { holm } from './holm.js';

describe('benjaminiHochberg', () => {
  // Benjamini and Hochberg 1995, section 4; adjusted values by scipy 1.17.1, stats.false_discovery_control.
  const published = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ];
  const adjusted = [
    0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645, 0.0765, 0.486,
    0.5811818181818181, 0.7148749999999999, 0.7532307692307693, 0.8132142857142857, 1,
  ];

  it('gives the published adjusted values, four rejections at .05, in any order given', () => {
    const found = benjaminiHochberg(published);
    found.forEach((p, i) => expect(p).toBeCloseTo(adjusted[i]!, 12));
    expect(found.filter((p) => p <= 0.05)).toHaveLength(4);
    expect(benjaminiHochberg([...published].reverse())).toEqual([...found].reverse());
  });

  it('rejects exactly what the step-up rule rejects, and everything that Holm does', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(p, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(0.01, 0.05, 0.2),
        (values, q) => {
          const found = benjaminiHochberg(values);
          // The rule as published: the largest i with p_(i) <= i q / n, and all up to it.
          const sorted = [...values].sort((a, b) => a - b);
          const last = sorted.findLastIndex((value, i) => value <= ((i + 1) * q) / values.length);
          const cut = last < 0 ? -1 : sorted[last]!;
          const strong = holm(values);
          values.forEach((value, i) => {
            if (Math.abs(found[i]! - q) > 1e-12) expect(found[i]! <= q).toBe(value <= cut);
            expect(found[i]).toBeGreaterThanOrEqual(value);
            expect(found[i]).toBeLessThanOrEqual(strong[i]! + 1e-15);
          });
        },
      ),
    );
  });

  it('refuses what is no p-value, and takes none', () => {
    expect(() => benjaminiHochberg([1.2])).toThrow(RangeError);
    expect(benjaminiHochberg([])).toEqual([]);
  });
});
