import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';

v8.setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Megabytes of what is still reachable, once everything else is collected. */
function reachable(): number {
  collect();
  collect();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}

/** How much the reachable heap of this process has grown since. */
export function watchMemory(): { grown(): { first: number; megabytes: number } } {
  const first = reachable();
  return { grown: () => ({ first, megabytes: reachable() - first }) };
}
