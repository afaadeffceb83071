import { describe, expect, it } from 'vitest';
import { readTerms } from './read-terms.js';

const refusal = (request: object) => {
  try {
    return readTerms({ kind: 'logs', ...request });
  } catch (error) {
    return error as { code: string; message: string; details: { remedy?: string } };
  }
};

describe('the terms of a source', () => {
  // Expressions of the SPDX specification 2.3, annex D.
  it.each([
    'CC-BY-4.0',
    'CDDL-1.0',
    'LGPL-2.1-only OR MIT',
    'LGPL-2.1-only AND MIT AND BSD-2-Clause',
    'GPL-2.0-or-later WITH Bison-exception-2.2',
    'LicenseRef-23',
    'DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2',
    'MIT AND (LGPL-2.1-or-later OR BSD-3-Clause)',
  ])('take the licence %s', (licence) => {
    expect(readTerms({ kind: 'third_party', licence }).licence).toBe(licence);
  });

  it.each([
    ['Apache', null],
    ['cc-by-4.0', 'CC-BY-4.0'],
    ['CC BY 4.0', 'CC-BY-4.0'],
    ['NONE', null],
    ['MIT OR', null],
    ['ask us', null],
  ])('refuse the licence %s, and guess %s', (licence, guess) => {
    const error = refusal({ licence });
    expect(error).toMatchObject({ code: 'LICENCE_UNKNOWN', message: expect.stringContaining(licence) });
    const { remedy } = (error as { details: { remedy: string } }).details;
    expect(remedy.includes('Did you mean')).toBe(guess !== null);
    if (guess !== null) expect(remedy).toContain(`Did you mean ${guess}?`);
  });

  it('take no licence, an empty one, and one in words as what they are', () => {
    expect(
      readTerms({ kind: 'third_party', licence: ' ', licenceText: 'only for this study' }),
    ).toMatchObject({
      licence: null,
      licenceText: 'only for this study',
    });
  });

  it.each([
    [{ kind: 'hearsay' }, 'kind'],
    [{ basis: 'consent' }, 'basis'],
    [{ basis: 'because', personal: true }, 'basis'],
    [{ collectedFrom: '2026-02-30' }, 'collectedFrom'],
    [{ collectedFrom: '2026-03-01', collectedUntil: '2026-02-01' }, 'collectedUntil'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ expiresAt: '2026-01-01T00:00' }, 'expiresAt'],
    [{ expiresAt: '2026-13-01' }, 'expiresAt'],
  ])('refuse %j, and name the place', (request, path) => {
    expect(refusal(request)).toMatchObject({
      code: 'SOURCE_INVALID',
      message: expect.stringMatching(`^${path}: `),
    });
  });

  it('end a day at its end, and an instant at itself', () => {
    const end = (expiresAt: string) => readTerms({ kind: 'logs', expiresAt }).expiresAt?.toISOString();
    expect(end('2026-12-31')).toBe('2027-01-01T00:00:00.000Z');
    expect(end('2026-12-31T12:00:00+02:00')).toBe('2026-12-31T10:00:00.000Z');
  });

  it('have a scope without order, and none is any purpose', () => {
    expect(readTerms({ kind: 'logs', scope: ['b', 'a', 'b'] }).scope).toEqual(['a', 'b']);
    expect(readTerms({ kind: 'logs' })).toMatchObject({ scope: null, personal: false, basis: null });
  });
});
