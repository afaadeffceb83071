import { readFileSync, statSync, type Stats } from 'node:fs';
import { usageError } from './problem.js';

/** Policies, protocols, keys, decisions: none is larger. */
const MAX_TEXT_BYTES = 16 * 2 ** 20;

/** Size in bytes of a regular file. A folder, a pipe or a device is refused before it is opened: reading a pipe may never end. */
export function fileSize(path: string): number {
  return regular(path).size;
}

/** The shell's own pipes: `/dev/stdin`, and what `<(command)` becomes. */
const OF_THE_SHELL = /^\/(dev\/stdin|dev\/fd\/\d+|proc\/self\/fd\/\d+)$/;

/** The text of a small file, or of what the shell pipes. */
export function readText(path: string): string {
  if (!OF_THE_SHELL.test(path) && regular(path).size > MAX_TEXT_BYTES) {
    throw usageError(`${path} has more than ${MAX_TEXT_BYTES} bytes: that is no document of this kind.`);
  }
  return readFileSync(path, 'utf8');
}

function regular(path: string): Stats {
  let found: Stats;
  try {
    found = statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw usageError(
      code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read (${code}).`,
      'Check the name of the file.',
    );
  }
  if (found.isFile()) return found;
  throw usageError(`${path} is ${kindOf(found)}; expected a file.`, 'Name a file.');
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}
