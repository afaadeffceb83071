import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveAway } from './ordinary-user.js';

/** A file system of a few megabytes, of our own, which a test can fill, empty and lock. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** Undefined where this process may mount nothing. */
  static mount(megabytes: number): SmallDisk | undefined {
    const path = mkdtempSync(join(tmpdir(), 'assay-disk-'));
    const options = `size=${megabytes}m,mode=0700`;
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'assay-test', path]).status !== 0) {
      rmSync(path, { recursive: true, force: true });
      return undefined;
    }
    giveAway(path);
    return new SmallDisk(path);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Leave only so many bytes. */
  fill(leave = 0): void {
    const file = openSync(this.ballast, 'a');
    try {
      const page = Buffer.alloc(4096);
      while (this.freeBytes > leave) writeSync(file, page);
    } finally {
      closeSync(file);
    }
  }

  empty(): void {
    rmSync(this.ballast, { force: true });
  }

  remount(mode: 'ro' | 'rw'): void {
    const { status, stderr } = spawnSync('mount', ['-o', `remount,${mode}`, this.path], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`remounting ${this.path} as ${mode} failed: ${stderr}`);
  }

  unmount(): void {
    if (spawnSync('umount', [this.path]).status !== 0) spawnSync('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }

  private get ballast(): string {
    return join(this.path, 'ballast');
  }
}
