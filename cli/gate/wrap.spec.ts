import { expect, it } from 'vitest';
import { wrap } from './wrap.js';

it('breaks between words, within the width, after the indent', () => {
  expect(wrap('one two  three\nfour', 9, '  ')).toEqual(['  one two', '  three', '  four']);
});

it('leaves a word whole that is longer than the width', () => {
  expect(wrap(`a ${'b'.repeat(20)} c`, 10)).toEqual(['a', 'b'.repeat(20), 'c']);
});

it('makes no line of nothing', () => {
  expect(wrap('  ', 10)).toEqual([]);
});
