import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SealedFiles } from '../../../platform/storage/index.js';

type Sealed = { sealedFiles: SealedFiles };

/** Stores bytes that only this installation can read, by way of `folder`, which has to be the caller's alone. Answers the digest. */
export async function sealBytes({ sealedFiles }: Sealed, folder: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, `part-${randomUUID()}`);
  await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
  return (await sealedFiles.putFile(path)).digest;
}

/** Throws BLOB_NOT_FOUND, BLOB_CORRUPT, SEALED_FILE_DAMAGED. */
export async function openBytes({ sealedFiles }: Sealed, folder: string, digest: string): Promise<Buffer> {
  return readFile(await sealedFiles.openedIn(folder, digest));
}

export const sealJson = (stores: Sealed, folder: string, value: unknown): Promise<string> =>
  sealBytes(stores, folder, Buffer.from(JSON.stringify(value)));

export async function openJson<T>(stores: Sealed, folder: string, digest: string): Promise<T> {
  return JSON.parse((await openBytes(stores, folder, digest)).toString('utf8')) as T;
}
