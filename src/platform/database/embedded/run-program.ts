import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOutOfFiles } from '../../files/out-of-files.js';
import type { Layout } from './layout.js';

/** Run one of PostgreSQL's programs as the user it is to run as. Rejects only where no file is left to do it with. */
export function runProgram(
  layout: Pick<Layout, 'programs' | 'log' | 'user'>,
  program: 'initdb' | 'pg_ctl',
  args: string[],
): Promise<{ ok: boolean; output: string }> {
  // Output goes to a file: the server inherits it, and a pipe would stay open as long as the server lives.
  const transcript = `${layout.log}.${program}`;
  const out = openSync(transcript, 'w', 0o600);
  return new Promise<{ ok: boolean; output: string }>((resolve, reject) => {
    const child = spawn(join(layout.programs, 'bin', program), args, {
      // Not the caller's folder, which that user may not be able to enter.
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
      ...(layout.user ?? {}),
      stdio: ['ignore', out, out],
    });
    child.on('error', (error) =>
      isOutOfFiles(error) ? reject(error) : resolve({ ok: false, output: String(error) }),
    );
    child.on('exit', (code) => resolve({ ok: code === 0, output: tail(transcript) }));
  }).finally(() => closeSync(out));
}

/** The last lines of a log. */
export function tail(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().split('\n').slice(-10).join('\n');
  } catch {
    return '';
  }
}
