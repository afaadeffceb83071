import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';

// Machine and process are in the name, so that what a killed process left behind is known by it.
const MACHINE = hostname().replaceAll(/[^\w-]/g, '_');

const root = (home: string) => resolve(home, 'scratch');

/** A new private folder under `home`/scratch. Whoever makes it removes it. */
export async function makeScratch(home: string): Promise<string> {
  await mkdir(root(home), { recursive: true, mode: 0o700 });
  return mkdtemp(join(root(home), `${MACHINE}.${process.pid}.`));
}

/** Remove the folders of processes of this machine that are gone. */
export async function sweepScratch(home: string): Promise<number> {
  const left = (await readdir(root(home)).catch(() => [])).filter((name) => isOrphan(name));
  for (const name of left) await rm(join(root(home), name), { recursive: true, force: true });
  return left.length;
}

function isOrphan(name: string): boolean {
  const [machine, pid] = name.split('.');
  return machine === MACHINE && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
