import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { holm } from './holm.js';

describe('holm', () => {
  // Benjamini and Hochberg 1995, section 4: of these fifteen, Holm rejects three at .05.
  const published = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ];

  it('rejects as many as published', () => {
    expect(holm(published).filter((p) => p <= 0.05)).toHaveLength(3);
  });

  it('gives R: p.adjust(c(.01, .02, .03, .04, .05), "holm")', () => {
    [0.05, 0.08, 0.09, 0.09, 0.09].forEach((p, i) =>
      expect(holm([0.01, 0.02, 0.03, 0.04, 0.05])[i]).toBeCloseTo(p, 12),
    );
  });

  it('keeps the order given, never lowers a p-value, never exceeds Bonferroni, and an added p = 1 never lowers any', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 30 }), (values) => {
        const adjusted = holm(values);
        const more = holm([...values, 1]);
        values.forEach((value, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(value);
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, value * values.length) + 1e-15);
          expect(more[i]).toBeGreaterThanOrEqual(adjusted[i]!);
        });
        const reversed = holm([...values].reverse()).reverse();
        expect(reversed).toEqual(adjusted);
      }),
    );
  });

  it('refuses what is no p-value, and takes none', () => {
    expect(() => holm([Number.NaN])).toThrow(RangeError);
    expect(holm([])).toEqual([]);
  });
});
