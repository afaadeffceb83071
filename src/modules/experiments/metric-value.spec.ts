import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJsonMetricValue, toJsonMetricValue } from './metric-value.js';

describe('metric values', () => {
  it('survive JSON, whatever the double', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const there = JSON.stringify(toJsonMetricValue(Object.is(value, -0) ? 0 : value));
        expect(fromJsonMetricValue(JSON.parse(there))).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
  });

  it.each([['nan'], [''], ['1'], [null], [{}]])('leave %j for validation to refuse', (value) => {
    expect(fromJsonMetricValue(value)).toBe(value);
  });
});
