import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBefore, PartialFile, partialPath } from './partial-file.js';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('the file of a partial upload', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'assay-partial-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const step = fc.oneof(
    fc.record({ do: fc.constant('append' as const), bytes: fc.uint8Array({ maxLength: 50 }) }),
    fc.record({ do: fc.constant('sync' as const) }),
    fc.record({ do: fc.constant('goBack' as const) }),
    fc.record({
      do: fc.constant('reopen' as const),
      remembers: fc.boolean(),
      dies: fc.boolean(),
      stalls: fc.boolean(),
    }),
  );

  it('is always what was kept, and hashes to it, however often it is refused, broken off and taken over', async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const path = () => partialPath(folder, 'id', files);
        files += 1;
        let file = (await PartialFile.open(folder, path(), { size: 0 }))!;
        let [kept, written] = [Buffer.alloc(0), Buffer.alloc(0)];
        for (const one of steps) {
          if (one.do === 'append') {
            await file.append(Buffer.from(one.bytes));
            written = Buffer.concat([written, one.bytes]);
          } else if (one.do === 'sync') {
            await file.sync();
            kept = written;
          } else if (one.do === 'goBack') {
            await file.goBack();
            written = kept;
          } else {
            // Whoever dies or stalls leaves more than was kept; the others end as they should.
            if (one.dies || one.stalls) appendFileSync(path(), 'not kept');
            else await file.goBack();
            const hash = one.remembers && !one.dies && !one.stalls ? file.hashed() : undefined;
            const before = one.stalls ? [path()] : [];
            const stalled = file;
            if (one.stalls) files += 1;
            else await file.close();
            file = (await PartialFile.open(folder, path(), { size: kept.length, before, hash }))!;
            if (one.stalls) {
              await stalled.append(Buffer.from('a writer that wakes'));
              await stalled.close();
            }
            written = kept;
          }
          expect([file.size, file.unsafe]).toEqual([written.length, written.length - kept.length]);
        }
        expect(readFileSync(path()).equals(written)).toBe(true);
        if (written.length > 0) expect(await file.digest()).toBe(sha256(written));
        await file.close();
      }),
      { numRuns: 60 },
    );
  });

  it('is copied from the oldest until a copy is whole, whatever a copy that broke off left', async () => {
    const [first, second, third] = [0, 1, 2].map((number) => partialPath(folder, 'copied', number));
    writeFileSync(first!, 'acknowledged, and more');
    // Nothing, less than was acknowledged, and as much of something else.
    for (const left of [null, 'ack', 'a copy that is not whole']) {
      if (left !== null) writeFileSync(second!, left);
      const before = await filesBefore(folder, 'copied', 2);
      expect(before).toEqual(left === null ? [first] : [first, second]);
      const file = (await PartialFile.open(folder, third!, { size: 12, before }))!;
      await file.close();
      expect(readFileSync(third!, 'utf8')).toBe('acknowledged');
      expect(await filesBefore(folder, 'copied', 2)).toEqual([]);
      writeFileSync(first!, 'acknowledged, and more');
    }
  });

  it('is not opened where bytes are missing that were acknowledged', async () => {
    const path = partialPath(folder, 'short', 0);
    expect(await PartialFile.open(folder, path, { size: 5 })).toBeUndefined();
    writeFileSync(path, 'abc');
    expect(await PartialFile.open(folder, path, { size: 5 })).toBeUndefined();
    expect(readFileSync(path, 'utf8')).toBe('abc');
    expect(existsSync(partialPath(folder, 'short', 1))).toBe(false);
  });
});
