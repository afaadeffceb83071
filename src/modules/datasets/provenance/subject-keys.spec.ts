import { expect, it } from 'vitest';
import { lookupOf, newSubject, pseudonymOf } from './subject-keys.js';

it('looks up a subject by HMAC-SHA-256: test case 2 of RFC 4231', () => {
  const lookup = lookupOf(Buffer.from('Jefe'), 'what do ya want for nothing?');
  expect(lookup.toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  expect(pseudonymOf(Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'))).toBe(
    lookup.toString('hex'),
  );
});

it('calls one subject differently each time that it is new: without its key nothing leads to its pseudonym', () => {
  const lookup = lookupOf(Buffer.alloc(32, 1), 'ann');
  const [one, other] = [newSubject(lookup), newSubject(lookup)];
  expect(one.lookup).toEqual(other.lookup);
  expect(one.key).not.toEqual(other.key);
  expect(one.pseudonym).not.toBe(other.pseudonym);
  expect(pseudonymOf(one.key, one.lookup)).toBe(one.pseudonym);
});

it('looks the same subject up differently in another project', () => {
  expect(lookupOf(Buffer.alloc(32, 1), 'ann')).not.toEqual(lookupOf(Buffer.alloc(32, 2), 'ann'));
});
