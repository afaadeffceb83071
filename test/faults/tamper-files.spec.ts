import { execFile } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLines, verifyBundle, verifyExport } from '../../cli/verify/index.js';
import { canonicalJson } from '../../src/domain/canonical/index.js';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { BlobStore } from '../../src/platform/storage/index.js';
import { AuditedStory } from '../support/audited-story.js';
import { extent, SEED } from '../support/extent.js';

const run = promisify(execFile);

/** Files that Assay keeps, and files that it gave away: one byte changed in any of them. */
describe('one byte changed in a file', () => {
  const random = seededRandom(SEED);
  let story: AuditedStory;

  beforeAll(async () => {
    story = await AuditedStory.tell();
  });
  afterAll(() => story?.stop());

  /** Another byte at some place. */
  function changed(bytes: Buffer): { bytes: Buffer; at: number } {
    const other = Buffer.from(bytes);
    const at = Math.floor(random() * bytes.length);
    other[at]! ^= random() < 0.5 ? 1 << Math.floor(random() * 8) : 1 + Math.floor(random() * 255);
    return { bytes: other, at };
  }

  async function text(path: string): Promise<Buffer> {
    const { url, apiKey } = story.gated.test;
    const answer = await fetch(`${url}/v1/projects/default${path}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  }

  it('is found in every file that a record keeps, wherever its byte stands, on read and by assay audit verify', async () => {
    const files = await story.gated.rows<{ digest: string; size: string }>(
      'SELECT DISTINCT digest, size FROM blob_reference ORDER BY digest',
    );
    expect(files.length).toBeGreaterThan(20);
    const store = story.gated.test.app.get(BlobStore);
    let changed = 0;
    for (const [i, { digest, size }] of files.entries()) {
      const path = join(
        story.gated.test.config.home,
        'blobs',
        digest.slice(0, 2),
        digest.slice(2, 4),
        digest,
      );
      const before = await readFile(path);
      // Read and checked once: a later change must not hide behind that.
      await store.localPath(digest);
      const original = join(story.gated.test.config.home, 'original');
      await run('cp', ['-p', path, original]);
      for (let position = 0; position < extent(3, 40); position++) {
        const at = Math.floor(random() * Number(size));
        const byte = before[at]! ^ (1 << Math.floor(random() * 8));
        const file = await open(path, 'r+');
        await file.write(Buffer.from([byte]), 0, 1, at);
        await file.close();
        // As whoever hides it would.
        await run('touch', ['-r', original, path]);
        await expect(store.localPath(digest)).rejects.toMatchObject({
          code: 'BLOB_CORRUPT',
          message: expect.stringContaining(digest),
        });
        if (position === 0 && i % extent(6, 1) === 0) {
          const { code, report } = await story.audit('verify');
          expect(code).toBe(1);
          expect(report!.culprit).toMatchObject({
            code: 'BLOB_ALTERED',
            field: `blob ${digest}`,
            remedy: expect.stringContaining('backup'),
          });
        }
        changed++;
        await writeFile(path, before);
        await store.localPath(digest);
      }
    }
    console.log(`one byte changed in ${changed} places of ${files.length} files`);
    expect((await story.audit('verify')).code).toBe(0);
  });

  it('of an export is refused, whichever it is', async () => {
    const original = await text('/audit/export');
    const { body } = await story.gated.get('/audit/checkpoint');
    const verify = (bytes: Buffer) =>
      verifyExport(readLines(inParts(bytes)), { pinnedPublicKey: body.publicKey as string });
    expect(await verify(original)).toMatchObject({ ok: true });
    const tries = extent(300, 10_000);
    const accepted: string[] = [];
    for (let i = 0; i < tries; i++) {
      const { bytes, at } = changed(original);
      const { ok, culprit } = await verify(bytes);
      if (ok) accepted.push(`${at}: ${bytes.subarray(Math.max(0, at - 40), at + 40).toString()}`);
      else
        expect(culprit).toMatchObject({
          code: expect.any(String),
          reason: expect.any(String),
          remedy: expect.any(String),
        });
    }
    console.log(
      `${tries} of ${original.length} bytes of an export changed, ${accepted.length} accepted (seed ${SEED})`,
    );
    expect(accepted).toEqual([]);
  });

  it('of a decision with its proof is refused, or changes nothing that is verified', async () => {
    const original = await text(`/gate-decisions/${story.decisionId}/bundle`);
    const said = canonicalJson(JSON.parse(original.toString()));
    const { body } = await story.gated.get('/audit/checkpoint');
    const tries = extent(2_500, 100_000);
    let refused = 0;
    for (let i = 0; i < tries; i++) {
      const { bytes, at } = changed(original);
      let bundle: unknown;
      try {
        bundle = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
      } catch {
        refused++;
        continue;
      }
      const { ok } = verifyBundle(bundle, { pinnedPublicKey: body.publicKey as string });
      if (ok) expect([at, canonicalJson(bundle)]).toEqual([at, said]);
      else refused++;
    }
    console.log(
      `${tries} bytes of a bundle of ${original.length} changed, ${refused} refused, the others said the same`,
    );
    expect(refused / tries).toBeGreaterThan(0.95);
  });
});

async function* inParts(bytes: Buffer): AsyncGenerator<Buffer> {
  const part = 1 + Math.floor(bytes.length / 3);
  for (let from = 0; from < bytes.length; from += part) yield bytes.subarray(from, from + part);
}
