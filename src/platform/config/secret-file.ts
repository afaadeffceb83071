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

async function readSecret(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
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
