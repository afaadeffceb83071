import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LEGAL_BASES, SOURCE_KINDS, strictest, type SourceTerms } from './source-terms.js';

it('names the six bases of article 6(1) of the GDPR, in its order', () => {
  expect(LEGAL_BASES).toEqual([
    'consent',
    'contract',
    'legal_obligation',
    'vital_interests',
    'public_task',
    'legitimate_interests',
  ]);
});

const terms: fc.Arbitrary<SourceTerms> = fc.record({
  kind: fc.constantFrom(...SOURCE_KINDS),
  licensed: fc.boolean(),
  personal: fc.boolean(),
  basis: fc.constantFrom('none', ...LEGAL_BASES),
  purposes: fc.oneof(fc.constant('any' as const), fc.subarray(['a', 'b', 'c'])),
  expired: fc.boolean(),
});
const allows = ({ kind, licensed, personal, basis, purposes, expired }: SourceTerms, purpose: string) =>
  !(kind === 'third_party' && !licensed) &&
  !(personal && basis === 'none') &&
  (purposes === 'any' || purposes.includes(purpose)) &&
  !expired;

it('the strictest of two terms allow a purpose only where both do', () => {
  fc.assert(
    fc.property(terms, terms, fc.constantFrom('a', 'b', 'c', 'd'), (one, other, purpose) => {
      if (allows(strictest(one, other), purpose))
        expect([allows(one, purpose), allows(other, purpose)]).toEqual([true, true]);
    }),
  );
});

it('data may be withdrawn where either terms rest on consent', () => {
  const base: SourceTerms = {
    kind: 'logs',
    licensed: false,
    personal: true,
    basis: 'contract',
    purposes: 'any',
    expired: false,
  };
  expect(strictest(base, { ...base, basis: 'consent' }).basis).toBe('consent');
  expect(strictest({ ...base, basis: 'consent' }, base).basis).toBe('consent');
  expect(strictest(base, base)).toEqual(base);
});

it('the same terms twice are those terms', () => {
  fc.assert(
    fc.property(terms, (one) => {
      const basis = one.personal ? one.basis : 'none';
      expect(strictest(one, one)).toEqual({ ...one, basis });
    }),
  );
});
