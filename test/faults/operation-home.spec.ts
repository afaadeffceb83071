import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { VARIABLES } from '../../src/platform/config/index.js';
import { extent } from '../support/extent.js';
import { isPostgres, newHome, postgresDataOf, postgresPidOf, ServedHome } from '../support/served-home.js';
import { cannotServe, giveAway, ordinaryUser } from './operation/ordinary-user.js';
import { SmallDisk } from './operation/small-disk.js';

const obstacle = cannotServe();
if (obstacle) console.warn(`SKIPPED: homes that an ordinary user cannot use are not tested: ${obstacle}`);
const disk = SmallDisk.mount(4);
if (!disk) console.warn('SKIPPED: a home on a read-only disk is not tested: this process may mount nothing');

/** As an ordinary user, who keeps everything of a home, PostgreSQL included, in its folder. */
describe.skipIf(obstacle !== undefined)('the home of a server', () => {
  const folder = newHome('assay-homes-');
  giveAway(folder);
  const started: ServedHome[] = [];
  const start = (home: string, environment: NodeJS.ProcessEnv = {}, cwd = '/') => {
    const server = new ServedHome(home, {
      ...ordinaryUser,
      cwd,
      environment: { ASSAY_WORKERS: '0', ...environment },
    });
    started.push(server);
    return server;
  };
  async function refused(server: ServedHome, sentence: RegExp): Promise<void> {
    expect(await server.ended()).toEqual({ code: 1, signal: null });
    expect(server.stderr).toMatch(sentence);
    expect(server.stderr.trim().split('\n')).toHaveLength(1);
  }

  afterEach(() => Promise.all(started.map((server) => server.stop('SIGKILL'))));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    disk?.unmount();
  });

  it('is refused where it may not be written', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    giveAway(closed);
    chmodSync(closed, 0o500);
    await refused(
      start(closed),
      /ASSAY_HOME is .*\/closed, where this process \(user \d+\) may not write \(EACCES\)/,
    );
    await refused(
      start(join(closed, 'deeper')),
      /may not write \(EACCES\)\. Make it writable, or choose another/,
    );
    expect(readdirSync(closed)).toEqual([]);
  });

  it.skipIf(!disk)('is refused on a disk that is read only', async () => {
    disk!.remount('ro');
    await refused(start(disk!.path), /may not write \(EROFS\)\. Make it writable, or choose another/);
    disk!.remount('rw');
  });

  it('is refused where a file stands, or above', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    const sentence = /where a file stands; expected a folder\. Move the file, or choose another/;
    await refused(start(file), sentence);
    await refused(start(join(file, 'home')), sentence);
  });

  it('is refused by name when its path is one that PostgreSQL cannot take', async () => {
    await refused(start(join(folder, 'a$b')), /ASSAY_HOME is .*a\$b"; expected a path without/);
    await refused(
      start(join(folder, ...Array<string>(5).fill('x'.repeat(200)))),
      /expected a path of at most 800/,
    );
    expect(existsSync(join(folder, 'a$b'))).toBe(false);
  });

  it('may have spaces, quotes, any letters, a long path, and be given relative to where the server is started', async () => {
    const relative = join(
      `it's "my" home`.replaceAll('"', ''),
      'Käse 数据 🧪',
      'l'.repeat(200),
      'o'.repeat(200),
    );
    const server = await start(relative, {}, folder).ready();
    const home = join(folder, relative);
    expect(existsSync(join(home, 'client.json'))).toBe(true);
    const uploaded = await fetch(`${server.url}/health`);
    expect(uploaded.status).toBe(200);
    const data = postgresDataOf(home);
    expect(data.startsWith(home)).toBe(true);
    const pid = postgresPidOf(home)!;
    expect(isPostgres(pid, data)).toBe(true);
    // One more, by the absolute path, sees that it is the same home.
    await refused(start(home), new RegExp(`already \\(process ${server.child.pid}\\)`));
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(isPostgres(pid, data)).toBe(false);
  });

  const WRONG: Record<string, string> = {
    ASSAY_HOST: 'not a host',
    ASSAY_HOME: '/srv/a"b',
    ASSAY_LOG_LEVEL: 'loud',
    ASSAY_MODEL_HOSTS: 'not a host',
    ASSAY_DATA_HOSTS: 'not a host',
    ASSAY_DATA_BUCKETS: 'not a bucket',
    AWS_REGION: 'not a region',
    AWS_ACCESS_KEY_ID: 'not a key',
    AWS_SECRET_ACCESS_KEY: 'not a secret',
    AWS_SESSION_TOKEN: 'not a token',
  };
  it('is not touched when a setting is wrong: each is refused by name', async () => {
    const home = join(folder, 'untouched');
    const names = Object.values(VARIABLES)
      .map(({ name }) => name)
      .slice(0, extent(3, 100));
    const servers = names.map((name) => [name, start(home, { [name]: WRONG[name] ?? 'wrong' })] as const);
    for (const [name, server] of servers)
      await refused(server, new RegExp(`^Assay did not start: ${name} is `));
    expect(existsSync(home)).toBe(false);
  });
});
