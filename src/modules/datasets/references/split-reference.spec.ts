import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedReference } from './split-reference.js';

const DIGEST = 'ab'.repeat(32);
const PLACES = {
  dataHosts: ['*', 'inside.example:9000', '10.0.0.7', '169.254.169.254'],
  dataFolder: '/srv/data',
  dataBuckets: ['data', 'my.data'],
};
const check = (
  text: string,
  sha256: string | null = DIGEST,
  places: Parameters<typeof checkedReference>[3] = PLACES,
) => {
  try {
    return checkedReference('train', text, sha256, places).url;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a reference', () => {
  it.each([
    'https://data.example/a/train.csv',
    'http://inside.example:9000/train.csv',
    'http://10.0.0.7/train.csv',
    'file:///srv/data/train.csv',
    's3://data/2024/train=1/a b%2e&c+d@e:80.csv',
    's3://my.data//zürich.csv',
  ])('%s is taken as it stands', (text) => expect(check(text)).toBe(text));

  it.each([
    ['no url', 'REFERENCE_INVALID'],
    ['ftp://data.example/train.csv', 'REFERENCE_INVALID'],
    ['https://key:secret@data.example/train.csv', 'REFERENCE_INVALID'],
    ['https://data.example/train.csv?X-Amz-Signature=secret', 'REFERENCE_INVALID'],
    ['https://data.example/train.csv?', 'REFERENCE_INVALID'],
    ['https://data.example/train.csv#x', 'REFERENCE_INVALID'],
    ['file://other/srv/data/train.csv', 'REFERENCE_INVALID'],
    ['s3://bucket/train.csv', 'REFERENCE_REFUSED'],
    ['s3://data.other/train.csv', 'REFERENCE_REFUSED'],
    ['s3://data/train.csv?versionId=1', 'REFERENCE_INVALID'],
    ['s3://data/train.csv#x', 'REFERENCE_INVALID'],
    ['s3://key:secret@data/train.csv', 'REFERENCE_INVALID'],
    ['s3://Data/train.csv', 'REFERENCE_INVALID'],
    ['s3://data', 'REFERENCE_INVALID'],
    ['s3://data/', 'REFERENCE_INVALID'],
    ['s3:///train.csv', 'REFERENCE_INVALID'],
    ['s3:data/train.csv', 'REFERENCE_INVALID'],
    [' s3://data/train.csv', 'REFERENCE_INVALID'],
    // A URL would read these as another bucket's object.
    ['s3://data/../bucket/train.csv', 'REFERENCE_INVALID'],
    ['s3://data/a/./train.csv', 'REFERENCE_INVALID'],
    ['s3://data/..', 'REFERENCE_INVALID'],
    ['s3://data/a\nb', 'REFERENCE_INVALID'],
    ['s3://data/a\ud800b', 'REFERENCE_INVALID'],
    [`s3://data/${'ü'.repeat(513)}`, 'REFERENCE_INVALID'],
    ['http://data.example/train.csv', 'REFERENCE_REFUSED'],
    ['http://inside.example/train.csv', 'REFERENCE_REFUSED'],
    ['https://127.0.0.1/train.csv', 'REFERENCE_REFUSED'],
    ['https://2130706433/train.csv', 'REFERENCE_REFUSED'],
    ['https://[::ffff:10.0.0.8]/train.csv', 'REFERENCE_REFUSED'],
    // Named by the operator, and refused all the same.
    ['http://169.254.169.254/latest/meta-data', 'REFERENCE_REFUSED'],
    ['http://[::ffff:169.254.169.254]/latest/meta-data', 'REFERENCE_REFUSED'],
  ])('%s is refused with %s', (text, code) => expect(check(text)).toBe(code));

  it('needs a digest', () => {
    const text = 'https://data.example/train.csv';
    for (const sha256 of [null, '', 'abc', `${DIGEST}0`, 'g'.repeat(64)])
      expect([sha256, check(text, sha256)]).toEqual([sha256, 'REFERENCE_INVALID']);
    expect(checkedReference('t', text, DIGEST.toUpperCase(), PLACES).sha256).toBe(DIGEST);
  });

  it('is refused everywhere where the operator allows nothing', () => {
    for (const text of ['https://data.example/train.csv', 'https://127.0.0.1/x', 'file:///etc/passwd'])
      expect([text, check(text, DIGEST, { dataHosts: [] })]).toEqual([text, 'REFERENCE_REFUSED']);
    expect(check('https://data.example/x', DIGEST, { dataHosts: ['other.example'] })).toBe(
      'REFERENCE_REFUSED',
    );
  });

  it('never comes through with a secret, another scheme or another host than one that was named', () => {
    const maybe = (...texts: string[]) => fc.constantFrom('', ...texts);
    const parts = fc.tuple(
      fc.constantFrom('https://', 'http://', 'ftp://', 'HTTPS://', 'https:', '//'),
      maybe('user@', 'user:secret@', '@'),
      fc.constantFrom('named.example', 'NAMED.example', 'other.example', 'named.example.other', '127.0.0.1'),
      maybe(':443', ':8443', ':'),
      maybe('/a.csv', '/../a', '/%2e%2e/a', '\\a'),
      maybe('?', '?token=secret', '#', '#secret', '?#'),
    );
    fc.assert(
      fc.property(parts, (given) => {
        const found = check(given.join(''), DIGEST, { dataHosts: ['named.example'] });
        if (found.startsWith('REFERENCE_')) return;
        expect(new URL(found).hostname).toBe('named.example');
        expect(found).toMatch(/^https?:\/\/named\.example(:\d+)?\/[^?#@]*$/);
      }),
      { numRuns: 500 },
    );
  });
});
