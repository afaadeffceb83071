import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AssayConfig } from '../config/index.js';
import { sweepHome } from '../files/process-files.js';
import { DuckSession } from './duck-session.js';
import { lock } from './lock.js';
import { makeScratch } from './scratch.js';
import { Slots } from './slots.js';

/** What a query may spill to disk. */
const SPILL_LIMIT = '20GB';
/** An interrupt between two statements reaches neither, so it is repeated. */
const INTERRUPT_EVERY_MS = 50;

/**
 * DuckDB for scans, hashes and joins over files. Each use has an in-memory database of its own, can touch only the blobs,
 * the staged uploads and its scratch folder, loads no extension, and cannot change any of that.
 */
@Injectable()
export class Duck implements OnModuleInit {
  private readonly slots = new Slots(availableParallelism());

  constructor(private readonly config: AssayConfig) {}

  async onModuleInit(): Promise<void> {
    await sweepHome(this.config.home);
  }

  /**
   * Run `work` with a database of its own, in one of as many slots as there are cores. Aborting `signal` interrupts the
   * running query within milliseconds; the promise rejects with the signal's reason.
   */
  async with<T>(work: (db: DuckSession) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const release = await this.slots.take(signal);
    try {
      const scratch = await makeScratch(this.config.home);
      try {
        return await this.open(scratch, signal, work);
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    } finally {
      release();
    }
  }

  private async open<T>(
    scratch: string,
    signal: AbortSignal | undefined,
    work: (db: DuckSession) => Promise<T>,
  ): Promise<T> {
    // Loaded on first use: servers and workers leave it to their job processes.
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${this.config.duckMemoryMb}MB`,
      threads: String(availableParallelism()),
      temp_directory: join(scratch, 'spill'),
      max_temp_directory_size: SPILL_LIMIT,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connections: DuckDBConnection[] = [];
    const connect = async () => {
      const opened = await instance.connect();
      connections.push(opened);
      return opened;
    };
    const connection = await connect();
    let repeated: NodeJS.Timeout | undefined;
    const interrupt = () => {
      for (const each of connections) each.interrupt();
      repeated ??= setInterval(interrupt, INTERRUPT_EVERY_MS);
    };
    try {
      await lock(connection, [...this.dataFolders(), scratch]);
      signal?.throwIfAborted();
      signal?.addEventListener('abort', interrupt, { once: true });
      return await work(new DuckSession(connection, scratch, signal, connect));
    } finally {
      signal?.removeEventListener('abort', interrupt);
      clearInterval(repeated);
      for (const each of connections) each.closeSync();
      instance.closeSync();
    }
  }

  private dataFolders(): string[] {
    return ['blobs', 'staging'].map((folder) => resolve(this.config.home, folder));
  }
}
