import { describe, expect, it } from 'vitest';
import {
  checkVersion,
  uploadChecksum,
  uploadExpires,
  uploadFilename,
  uploadLength,
  uploadOffset,
} from './tus-headers.js';

const code = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('headers of the tus protocol', () => {
  it.each([
    ['100', 100],
    ['0', 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740993', 'UPLOAD_LENGTH_INVALID'],
    ['-1', 'UPLOAD_LENGTH_INVALID'],
    ['1e3', 'UPLOAD_LENGTH_INVALID'],
    [' 1', 'UPLOAD_LENGTH_INVALID'],
    ['', 'UPLOAD_LENGTH_INVALID'],
    [undefined, 'UPLOAD_LENGTH_INVALID'],
  ])('Upload-Length: %s is %s', (text, expected) => {
    expect(code(() => uploadLength({ 'upload-length': text }))).toBe(expected);
  });

  // The example of the protocol: "world_domination_plan.pdf", and a key without a value.
  it.each([
    ['filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential', 'world_domination_plan.pdf'],
    ['is_confidential, filename S8Okc2UuY3N2', 'Käse.csv'],
    ['other YQ==', ''],
    ['filename', ''],
    ['', ''],
    [undefined, ''],
    ['filename YQ==,filename Yg==', 'UPLOAD_METADATA_INVALID'],
    ['filename not base64', 'UPLOAD_METADATA_INVALID'],
    ['filename !!!!', 'UPLOAD_METADATA_INVALID'],
  ])('Upload-Metadata: %s names %s', (text, expected) => {
    expect(code(() => uploadFilename({ 'upload-metadata': text }))).toBe(expected);
  });

  it('Upload-Checksum is an algorithm and a digest of its length', () => {
    // The example of the protocol's text: sha1 of "hello world".
    expect(uploadChecksum({ 'upload-checksum': 'sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=' })).toEqual({
      algorithm: 'sha1',
      digest: Buffer.from('2aae6c35c94fcfb415dbe95f408b9ce91ee846ed', 'hex'),
    });
    expect(uploadChecksum({})).toBeUndefined();
    for (const text of [
      'md5 AAAA',
      'sha1',
      'sha1 AAAA',
      'sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=',
      'sha1  x',
      '',
    ])
      expect([text, code(() => uploadChecksum({ 'upload-checksum': text }))]).toEqual([
        text,
        'UPLOAD_CHECKSUM_INVALID',
      ]);
  });

  it('Tus-Resumable is the version that is spoken', () => {
    checkVersion({ 'tus-resumable': '1.0.0' });
    for (const said of [undefined, '0.2.2', '1.0.1'])
      expect(code(() => checkVersion({ 'tus-resumable': said }))).toBe('TUS_VERSION_NOT_SUPPORTED');
  });

  it('Upload-Offset is named where it is wrong', () => {
    expect(() => uploadOffset({})).toThrow('the header Upload-Offset is missing');
  });

  // RFC 9110, section 5.6.7: the preferred form.
  it('Upload-Expires is a date as HTTP has them', () => {
    expect(uploadExpires(new Date(Date.UTC(1994, 10, 6, 8, 49, 37)))).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  });
});
