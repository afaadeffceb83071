import type { AssayConfig } from '../config/index.js';

/** The serving process itself. */
const SERVER_MB = 384;
/** A child with all its code and no work. */
const CHILD_MB = 160;
/** What a job of any size gets by with: DuckDB spills to disk, and JavaScript holds some 50 bytes of a row at a time. */
const LEAST_DUCK_MB = 128;
const LEAST_HEAP_MB = 256;
/** More of it would not make a job faster. */
const MOST_HEAP_MB = 1024;

/** What each of the jobs that run at once may use. Together with the server that is no more than ASSAY_MEMORY_MB. */
export interface MemoryShares {
  /** ASSAY_WORKERS, or as many as there is memory for; at least one. */
  workers: number;
  /** Before DuckDB spills to disk, in each job. */
  duckMb: number;
  /** JavaScript's heap in each job. */
  heapMb: number;
}

/** Every job has a process and a DuckDB of its own, so that limits of each add up: they are shares of one budget. */
export function memoryShares({
  workers,
  memoryMb,
  duckMemoryMb,
}: Pick<AssayConfig, 'workers' | 'memoryMb' | 'duckMemoryMb'>): MemoryShares {
  const forJobs = memoryMb - SERVER_MB;
  const fitting = Math.floor(forJobs / (CHILD_MB + LEAST_DUCK_MB + LEAST_HEAP_MB));
  const atOnce = Math.max(1, Math.min(workers, fitting));
  const share = Math.floor(forJobs / atOnce) - CHILD_MB;
  const duckMb = Math.max(
    LEAST_DUCK_MB,
    Math.min(duckMemoryMb, Math.floor(share / 2), share - LEAST_HEAP_MB),
  );
  return { workers: atOnce, duckMb, heapMb: Math.max(LEAST_HEAP_MB, Math.min(MOST_HEAP_MB, share - duckMb)) };
}
