import { randomUUID } from 'node:crypto';
import { access, mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Make the home folder and see that this process can work in it. Throws a sentence that names the folder and what to do, before
 * anything is started that would find out later. A full disk shows as the ENOSPC that it is.
 */
export async function prepareHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    if (!(await stat(home)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    await access(home);
    const probe = join(home, `.probe-${randomUUID()}`);
    try {
      await (await open(probe, 'wx', 0o600)).close();
    } finally {
      await rm(probe, { force: true });
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const why = WHY[code];
    if (why === undefined) throw error;
    throw new Error(`ASSAY_HOME is ${home}, ${why(code)} or choose another with --home (ASSAY_HOME).`);
  }
}

const notWritable = (code: string) =>
  `where this process (user ${process.getuid?.() ?? 'unknown'}) may not write (${code}). Make it writable,`;
const notAFolder = () => 'where a file stands; expected a folder. Move the file,';

const WHY: Record<string, (code: string) => string> = {
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
  EEXIST: notAFolder,
  ENOTDIR: notAFolder,
  ENAMETOOLONG: () => 'which is longer than the system takes. Move it,',
};
