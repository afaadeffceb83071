import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface SystemUser {
  uid: number;
  gid: number;
}

/**
 * Whom PostgreSQL runs as: it refuses root. Undefined where we are not root ourselves. Preferred are users made for it;
 * `nobody`, which every system has, is the last resort.
 */
export function postgresUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return findUser('assay') ?? findUser('postgres') ?? created('assay') ?? findUser('nobody') ?? refuse();
}

function findUser(name: string): SystemUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

function created(name: string): SystemUser | undefined {
  try {
    execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', name], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  return findUser(name);
}

function refuse(): never {
  throw new Error(
    'PostgreSQL does not run as root, and there is no user assay, postgres or nobody to run it as. ' +
      'Run Assay as an ordinary user, add a user named assay, or set DATABASE_URL.',
  );
}
