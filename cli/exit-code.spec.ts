import { expect, it } from 'vitest';
import { exitCodeOf } from './exit-code.js';

it.each([
  ['PASS', 0],
  ['FAIL', 1],
  ['ERROR', 2],
  ['INCONCLUSIVE', 3],
  ['AWAITING_APPROVAL', 4],
  ['STALE', 5],
  ['pass', 2],
  ['constructor', 2],
  [undefined, 2],
  [0, 2],
])('%s ends with %i', (verdict, code) => {
  expect(exitCodeOf(verdict)).toBe(code);
});
