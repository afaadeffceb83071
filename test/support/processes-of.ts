import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessFacts {
  pid: number;
  parent: number;
}

/** Every process of this machine that runs a program of this name, and descends from this one. Linux. */
export async function processesOf(program: string): Promise<ProcessFacts[]> {
  const parents = new Map<number, number>();
  const found: ProcessFacts[] = [];
  for (const name of await readdir('/proc')) {
    const [stat, command] = await Promise.all(
      ['stat', 'cmdline'].map((file) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')),
    );
    const parent = Number(stat!.split(') ').at(-1)?.split(' ')[1]);
    if (!Number.isInteger(parent)) continue;
    parents.set(Number(name), parent);
    if (command!.includes(program)) found.push({ pid: Number(name), parent });
  }
  const descends = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || descends(parents.get(pid)));
  return found.filter(({ pid }) => descends(pid));
}

/** The first such process, as soon as there is one. */
export async function processOf(
  program: string,
  isWanted: (found: ProcessFacts) => boolean,
): Promise<ProcessFacts> {
  for (;;) {
    const found = (await processesOf(program)).find(isWanted);
    if (found) return found;
    await sleep(20);
  }
}

/** Resolves when a process is gone. */
export async function goneOf(pid: number): Promise<void> {
  // What has ended and is not yet waited for has no command.
  while ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '') await sleep(20);
}
