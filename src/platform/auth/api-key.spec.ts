import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createApiKey, parseApiKey } from './api-key.js';

describe('API keys', () => {
  it('are recognised, and named by a hash of the whole', () => {
    const key = createApiKey();
    expect(parseApiKey(key.secret)).toEqual({ prefix: key.prefix, hash: key.hash });
    expect(key.secret).toMatch(/^assay_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}$/);
  });

  it('are refused with any one character changed', () => {
    const { secret } = createApiKey();
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: secret.length - 1 }),
        fc.constantFrom(...'abcXYZ019'),
        (at, character) => {
          fc.pre(secret[at] !== character);
          expect(parseApiKey(secret.slice(0, at) + character + secret.slice(at + 1))).toBeUndefined();
        },
      ),
    );
  });

  it('differ from call to call', () => {
    expect(new Set(Array.from({ length: 1000 }, () => createApiKey().secret)).size).toBe(1000);
  });
});
