import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { packagedPrograms, restoreSymlinks, sharedPrograms } from './programs.js';
import { postgresUser, type SystemUser } from './system-user.js';

/** Where an embedded PostgreSQL has its programs and its data, and whom it runs as. */
export interface Layout {
  programs: string;
  data: string;
  log: string;
  user?: SystemUser;
  /** Data of earlier homes of the same path, which were removed without it. */
  abandoned: string[];
}

const ROOT_OWNED = '/var/lib/assay';
/** In the home: the place of its data. In the place: the path of its home. */
const RECORD = 'postgres-is-in';
const HOME_RECORD = 'home';

/**
 * An ordinary user keeps everything under the home folder. Root cannot: PostgreSQL runs as another user, who may not be
 * able to enter the clone, so programs and data live under /var/lib/assay, and the home says where.
 */
export function prepareLayout(home: string): Layout {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const source = packagedPrograms();
  const user = postgresUser();
  if (!user) {
    restoreSymlinks(source.root);
    const data = join(home, 'postgres');
    refuseOtherMajor(data, source.version);
    return { programs: source.root, data, log: join(home, 'postgres.log'), abandoned: [] };
  }
  const real = realpathSync(home);
  const prefix = createHash('sha256').update(real).digest('hex').slice(0, 16);
  const place = recordedPlace(real) ?? newPlace(real, prefix, user);
  const data = join(place, 'data');
  refuseOtherMajor(data, source.version);
  return {
    programs: sharedPrograms(source, ROOT_OWNED),
    data,
    log: join(place, 'postgres.log'),
    user: ownerOf(data) ?? user,
    abandoned: readdirSync(ROOT_OWNED)
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(ROOT_OWNED, name))
      .filter((other) => other !== place)
      .map((other) => join(other, 'data')),
  };
}

/** PostgreSQL does not read the files of another major version, and says so in a log that nobody looks at. */
function refuseOtherMajor(data: string, version: string): void {
  const [found, own] = [readOptional(join(data, 'PG_VERSION')), version.split('.')[0]];
  if (found === undefined || found === own) return;
  throw new Error(
    `The database in ${data} was made by PostgreSQL ${found}, and this Assay brings PostgreSQL ${own}, which cannot read it. ` +
      `Nothing was changed. Run the version of Assay that made it, or move the data with pg_dump and pg_restore of PostgreSQL ${own} ` +
      'to a server of your own and name that in DATABASE_URL.',
  );
}

/** Remove data and log of a stopped server. */
export function removeLayout(layout: Layout): void {
  if (layout.user) rmSync(dirname(layout.data), { recursive: true, force: true });
  else rmSync(layout.data, { recursive: true, force: true });
}

/** The place that a home names. Throws when it is that of another home, of which this one is a copy. */
function recordedPlace(home: string): string | undefined {
  const place = readOptional(join(home, RECORD));
  if (place === undefined) return undefined;
  if (!existsSync(place)) {
    throw new Error(
      `The database of ${home} was in ${place}, which is gone. Restore it from a backup, ` +
        `or remove ${home} to begin anew.`,
    );
  }
  const owner = readOptional(join(place, HOME_RECORD));
  if (owner !== undefined && owner !== home) {
    if (readOptional(join(owner, RECORD)) === place) {
      throw new Error(
        `${home} is a copy of ${owner}, whose database is in ${place}. Two homes cannot share one: ` +
          `remove ${join(home, RECORD)} and the folder keys beside it to begin anew, or use ${owner}.`,
      );
    }
    writeFileSync(join(place, HOME_RECORD), home);
  }
  return place;
}

/** Never one that was used before: who removes a home and makes it anew has new passwords. */
function newPlace(home: string, prefix: string, user: SystemUser): string {
  const place = join(ROOT_OWNED, `${prefix}-${randomBytes(4).toString('hex')}`);
  mkdirSync(place, { recursive: true, mode: 0o755 });
  writeFileSync(join(place, HOME_RECORD), home);
  chownSync(place, user.uid, user.gid);
  const draft = join(home, `${RECORD}.${basename(place)}`);
  writeFileSync(draft, `${place}\n`);
  try {
    // A link, not a rename: of two first starts at once, the second finds the first's and takes that.
    linkSync(draft, join(home, RECORD));
    return place;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    rmSync(place, { recursive: true, force: true });
    return readFileSync(join(home, RECORD), 'utf8').trim();
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Whoever made the data goes on serving it, even if a better user has appeared on the machine. */
function ownerOf(data: string): SystemUser | undefined {
  const found = statSync(data, { throwIfNoEntry: false });
  return found && { uid: found.uid, gid: found.gid };
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
