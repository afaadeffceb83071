import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processPrefix, sweepDeadProcesses } from './process-files.js';

describe('files of processes', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'assay-process-files-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (name: string) => writeFileSync(join(folder, name), '');
  const [machine] = processPrefix().split('.');

  it('stay while their process lives', async () => {
    put(`${processPrefix()}one`);
    expect(await sweepDeadProcesses(folder)).toBe(0);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('go when it has ended, with all that is in them', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    mkdirSync(join(folder, `${machine}.${child.pid}.1.folder`, 'deep'), { recursive: true });
    put(`${machine}.${child.pid}.1.file`);
    expect(await sweepDeadProcesses(folder)).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!existsSync('/proc/self/stat'))(
    'go when another process has its number, be it this one',
    async () => {
      put(`${machine}.${process.pid}.123.file`);
      expect(await sweepDeadProcesses(folder)).toBe(1);
    },
  );

  it('stay when they are of another machine, or nobody says whose they are', async () => {
    put('another-machine.1.1.file');
    put('removed-0123');
    expect(await sweepDeadProcesses(folder)).toBe(0);
    expect(await sweepDeadProcesses(join(folder, 'missing'))).toBe(0);
  });
});
