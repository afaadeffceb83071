import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeFilename } from './filename.js';

describe('safeFilename', () => {
  it.each([
    ['train.csv', 'train.csv'],
    ['/etc/passwd', 'passwd'],
    ['..\\..\\windows\\system.ini', 'system.ini'],
    ['../../x', 'x'],
    ['a\r\nb\0c.csv', 'abc.csv'],
    ['evil\u202Egnp.exe', 'evilgnp.exe'],
    ['Käse Übersicht.csv', 'Käse Übersicht.csv'],
    ['', 'upload'],
    ['..', 'upload'],
    ['folder/', 'upload'],
    ['  ', 'upload'],
  ])('%j -> %j', (given, expected) => {
    expect(safeFilename(given)).toBe(expected);
  });

  it('never leaves a separator, a control character, nothing, or more than 255 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (given) => {
        const name = safeFilename(given);
        expect(name).not.toMatch(/[/\\\p{Cc}]/u);
        expect(name.length).toBeGreaterThan(0);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        expect(safeFilename(name)).toBe(name);
      }),
    );
  });
});
