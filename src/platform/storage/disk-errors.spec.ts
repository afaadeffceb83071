import { describe, expect, it } from 'vitest';
import { diskError } from './disk-errors.js';

const failure = (code: string) => Object.assign(new Error(`${code}: write`), { code });

describe('diskError', () => {
  it.each(['ENOSPC', 'EDQUOT'])('says of %s that the disk is full and what to do', (code) => {
    expect(diskError(failure(code))).toMatchObject({
      code: 'STORAGE_FULL',
      kind: 'unavailable',
      details: { remedy: expect.stringContaining('free space') as string },
    });
  });

  it('lets other errors be', () => {
    const error = failure('EIO');
    expect(diskError(error)).toBe(error);
  });
});
