import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface FoundProcess {
  pid: number;
  parent: number;
  kind: 'server' | 'job' | 'postgres';
  command: string;
}

/**
 * Every process of a home, by what the system knows of it: those of Assay carry the home in their environment, those of
 * PostgreSQL work in its data folder. Needs /proc.
 */
export function processesOf(home: string, postgresData: string): FoundProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const found = examine(`/proc/${name}`, home, postgresData);
      return found ? [{ pid: Number(name), ...found }] : [];
    });
}

function examine(folder: string, home: string, postgresData: string): Omit<FoundProcess, 'pid'> | undefined {
  try {
    const stat = readFileSync(`${folder}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // It has ended, and waits for its parent to notice.
    if (state === 'Z' || state === 'X') return undefined;
    const command = readFileSync(`${folder}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    const facts = { parent: Number(parent), command: command.slice(0, 120) };
    // Its processes work there; pg_ctl, which starts it, names it.
    if (readlinkSync(`${folder}/cwd`) === postgresData || command.includes(` -D ${postgresData} `))
      return { kind: 'postgres', ...facts };
    const environment = readFileSync(`${folder}/environ`, 'utf8').split('\0');
    if (!environment.includes(`ASSAY_HOME=${home}`)) return undefined;
    return { kind: environment.includes('ASSAY_PROCESS=job') ? 'job' : 'server', ...facts };
  } catch {
    // Gone while it was looked at, or somebody else's.
    return undefined;
  }
}
