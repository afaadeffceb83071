import { describe, expect, it } from 'vitest';
import { keyProblem } from './recorded-key.js';

describe('keys of params, tags and metrics', () => {
  it.each([
    ['lr'],
    ['train/loss'],
    ['mlflow.note.content'],
    ['größe'],
    ['a b:c-d_e.f'],
    ['constructor'],
    ['x'.repeat(250)],
  ])('takes %j', (key) => expect(keyProblem(key)).toBeUndefined());

  it.each([
    [''],
    ['x'.repeat(251)],
    ['../x'],
    ['a/../b'],
    ['/abs'],
    ['.'],
    ['..'],
    ['a//b'],
    ['./a'],
    ['a\u0000'],
    ['a\nb'],
    ['<b>'],
  ])('refuses %j', (key) => expect(keyProblem(key)).toBeTypeOf('string'));
});
