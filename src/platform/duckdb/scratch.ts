import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { passingFolders, processPrefix } from '../files/process-files.js';

/** A new private folder under `home`/scratch. Whoever makes it removes it. */
export async function makeScratch(home: string): Promise<string> {
  const { scratch } = passingFolders(home);
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  return mkdtemp(join(scratch, processPrefix()));
}
