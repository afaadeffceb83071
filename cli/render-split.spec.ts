import { describe, expect, it } from 'vitest';
import { renderAcross, renderSplit } from './render-split.js';

const accuracy = {
  defined: true as const,
  value: 0.8,
  ci: [0.7, 0.9] as [number, number],
  n: 40,
  formulaId: 'x',
};

describe('renderSplit', () => {
  it('shows slices, and the worst of those tried', () => {
    const found = {
      where: "sex = 'm'",
      n: 20,
      rate: 0.3,
      rest: { n: 20, rate: 0.1 },
      p: 0.01,
      adjustedP: 0.04,
    };
    const lines = renderSplit('validation', {
      n: 40,
      metrics: { accuracy },
      groups: [],
      fairness: {},
      slices: [
        { name: 'women', where: "sex = 'f'", n: 20, metrics: { accuracy } },
        {
          name: 'none',
          where: "sex = 'x'",
          n: 0,
          metrics: { accuracy: { defined: false, reason: 'the slice has no rows' } },
        },
      ],
      search: {
        defined: true,
        tried: 7,
        slices: [found, { ...found, where: "c = '\u001b[2J'", adjustedP: 1e-9 }],
      },
    }).join('\n');
    expect(lines).toContain("validation, slice women (sex = 'f'): n 20\nMETRIC");
    expect(lines).toMatch(/accuracy {2}undefined {2}the slice has no rows/);
    expect(lines).toMatch(/worst slices of 7 tried\nSLICE .*\nsex = 'm' +20 +0\.3000 +0\.1000 +0\.0400\n/);
    // What stands in a file must not move the cursor.
    expect(lines).toContain("c = '\\u001b[2J'");
    expect(lines).toContain('< 0.0001');
    expect(lines).not.toContain('\u001b');
  });

  it('says what is sealed', () => {
    const sealed = { defined: false as const, reason: 'sealed' };
    const split = { n: 40, metrics: { accuracy: sealed }, groups: [], fairness: {}, search: sealed };
    expect(renderSplit('holdout', split).at(-1)).toBe('holdout, worst slices: undefined (sealed)');
  });
});

describe('renderAcross', () => {
  it('shows what is lost outside and under stress, and nothing where nothing was measured', () => {
    const gap = { ...accuracy, value: 0.1 };
    const lines = renderAcross({
      domains: {
        source: 'holdout',
        metrics: { accuracy: { domains: [{ domain: 'north', metric: accuracy, gap }] } },
      },
      robustness: {
        paired: [{ clean: 'validation', n: 40, perturbations: [{ name: 'noise', drop: gap }] }],
        unpaired: [],
      },
    }).join('\n');
    expect(lines).toMatch(/lost outside of holdout\nMETRIC.*\naccuracy \(north\) +0\.1000 /);
    expect(lines).toMatch(/lost under stress\nMETRIC.*\naccuracy \(noise of validation, n 40\) +0\.1000 /);
    expect(renderAcross({ domains: null, robustness: { paired: [], unpaired: ['x'] } })).toEqual([]);
    expect(renderAcross({})).toEqual([]);
  });
});
