import { readdirSync, readFileSync } from 'node:fs';

/** Memory of process families, from /proc: proportional set sizes, in which a shared page counts once over all who share it. */
export class MemoryWatch {
  peak = 0;
  /** At the peak: MiB by program. */
  parts: Record<string, number> = {};
  samples = 0;
  private timer?: NodeJS.Timeout;

  constructor(private readonly roots: readonly number[]) {}

  static get isPossible(): boolean {
    return pssOf(process.pid) !== undefined;
  }

  start(everyMs = 100): this {
    this.timer = setInterval(() => this.sample(), everyMs);
    return this;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  sample(): number {
    const parts: Record<string, number> = {};
    for (const { pid, name } of family(this.roots))
      parts[name] = (parts[name] ?? 0) + (pssOf(pid) ?? 0) / 1024;
    const total = Object.values(parts).reduce((sum, each) => sum + each, 0);
    this.samples += 1;
    if (total > this.peak) {
      this.peak = total;
      this.parts = Object.fromEntries(Object.entries(parts).map(([name, mib]) => [name, Math.round(mib)]));
    }
    return total;
  }
}

/** KiB; undefined where there is no such process, or no way to know. */
function pssOf(pid: number): number | undefined {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return undefined;
  }
}

/** The processes and all that descend from them. */
function family(roots: readonly number[]): { pid: number; name: string }[] {
  const children = new Map<number, number[]>();
  const names = new Map<number, string>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(statOf(pid)) ?? [];
    if (name === undefined) continue;
    names.set(pid, name);
    children.set(Number(parent), [...(children.get(Number(parent)) ?? []), pid]);
  }
  const found: { pid: number; name: string }[] = [];
  const visit = (pid: number, depth: number) => {
    const name = names.get(pid);
    if (name === undefined) return;
    // A server's children run its jobs.
    found.push({ pid, name: name.startsWith('postgres') ? 'postgres' : depth === 0 ? 'server' : 'jobs' });
    for (const child of children.get(pid) ?? []) visit(child, depth + 1);
  };
  for (const root of roots) visit(root, 0);
  return found;
}

/** The process that started another. */
export function parentOf(pid: number): number {
  return Number(/^\d+ \(.*\) \S (\d+)/s.exec(statOf(pid))?.[1]);
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
