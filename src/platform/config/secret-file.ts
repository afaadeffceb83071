import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';

/**
 * The content of a secret file, made by `create` when it does not exist. Only its owner may read it (0600); a file open
 * to others is refused. Two processes that start at once agree on one content.
 */
export async function secretFile(path: string, create: () => string): Promise<string> {
  const existing = await readSecret(path);
  if (existing !== undefined) return existing;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await chmod(dirname(path), 0o700);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeSecret(draft, create());
    // A link, not a rename: whoever is second finds the first's file and takes that.
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await readSecret(path)) ?? '';
}

/** A secret file that is there and is not what it should be. Never made anew: what was done with the old one needs it. */
export const damagedSecret = (path: string, expected: string, found: string) =>
  new Error(
    `${path} is damaged: found ${Buffer.byteLength(found)} bytes that are not ${expected}. Restore it from a backup; no new one is made in its place.`,
  );

async function readSecret(path: string): Promise<string | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return undefined;
  if (!found.isFile())
    throw new Error(`${path} is no file; expected one with a secret. Restore it from a backup.`);
  if ((found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o777).toString(8);
    throw new Error(
      `${path} can be read by others (mode ${mode}); expected 600. If nobody has: chmod 600 ${path}`,
    );
  }
  return readFile(path, 'utf8');
}

async function writeSecret(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
