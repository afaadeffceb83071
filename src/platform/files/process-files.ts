import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';

const MACHINE = hostname().replaceAll(/[^\w-]/g, '_');
/** Where the system does not tell when a process began, its number alone has to do. */
const UNKNOWN = '0';

/**
 * How the names of this process's passing files begin: by machine, process and its beginning, what a killed process left is
 * known to be nobody's. Numbers of processes come again, in a container the very next time; with the beginning they do not.
 */
export function processPrefix(): string {
  return `${MACHINE}.${process.pid}.${beginningOf(process.pid) ?? UNKNOWN}.`;
}

/** The folders of a home in which processes keep what is to go with them. */
export const passingFolders = (home: string) => ({
  /** What queries spill and write on the way. */
  scratch: resolve(home, 'scratch'),
  /** Files that are being received, on the file system of the blobs. */
  staging: resolve(home, 'staging'),
});

/** Remove what processes of this machine left in a home that are gone. */
export async function sweepHome(home: string): Promise<number> {
  const { scratch, staging } = passingFolders(home);
  return (await sweepDeadProcesses(scratch)) + (await sweepDeadProcesses(staging));
}

/** Remove from `folder` what processes of this machine left that are gone. Returns how many files and folders that were. */
export async function sweepDeadProcesses(folder: string): Promise<number> {
  const left = (await readdir(folder).catch(() => [])).filter(isGoneProcess);
  for (const name of left) await rm(join(folder, name), { recursive: true, force: true });
  return left.length;
}

/** Whether the process of a prefix (or of a name that begins with it) was of this machine and is gone. */
export function isGoneProcess(name: string): boolean {
  const [machine, pid, beginning] = name.split('.');
  if (machine !== MACHINE || !/^\d+$/.test(pid ?? '')) return false;
  if (!isAlive(Number(pid))) return true;
  const found = beginningOf(Number(pid));
  return found !== undefined && beginning !== UNKNOWN && found !== beginning;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Clock ticks from boot to the start of a process: the 22nd field, of which the 2nd may hold anything in parentheses. */
function beginningOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
