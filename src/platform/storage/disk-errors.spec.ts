import { describe, expect, it } from 'vitest';
import { diskError } from './disk-errors.js';

const failure = (code: string) => Object.assign(new Error(`${code}: write`), { code });

describe('diskError', () => {
  it.each(['ENOSPC', 'EDQUOT', '53100'])('says of %s that the disk is full and what to do', (code) => {
    expect(diskError(failure(code))).toMatchObject({
      code: 'STORAGE_FULL',
      kind: 'unavailable',
      details: { remedy: expect.stringContaining('free space') as string },
    });
  });

  it('knows one that PostgreSQL met, under what TypeORM wraps it in', () => {
    const wrapped = Object.assign(new Error('query failed'), { driverError: failure('53100') });
    expect(diskError(wrapped)).toMatchObject({ code: 'STORAGE_FULL' });
    const other = Object.assign(new Error('query failed'), { driverError: failure('23505') });
    expect(diskError(other)).toBe(other);
  });

  it.each(['EMFILE', 'ENFILE'])('says of %s that no more files may be opened', (code) => {
    expect(diskError(failure(code))).toMatchObject({ code: 'FILES_EXHAUSTED', kind: 'unavailable' });
  });

  it('lets other errors be', () => {
    const error = failure('EIO');
    expect(diskError(error)).toBe(error);
    expect(diskError(undefined)).toBe(undefined);
  });
});
