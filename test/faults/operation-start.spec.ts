import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  isPostgres,
  newHome,
  postgresDataOf,
  postgresPidOf,
  removeHome,
  ServedHome,
} from '../support/served-home.js';
import { isLong } from '../support/extent.js';
import { processesOf } from './crash/processes.js';
import { KeptUpload } from './operation/kept-upload.js';

/** Real servers as processes, each refused or started as an operator would find out: one sentence, an exit code, no remains. */
describe('starting a server', () => {
  const home = newHome();
  let first: ServedHome;
  const started: ServedHome[] = [];

  const start = (environment: NodeJS.ProcessEnv = {}, at = home) => {
    const server = new ServedHome(at, { environment: { ASSAY_WORKERS: '0', ...environment } });
    started.push(server);
    return server;
  };
  /** It ended with 1, said one line that matches, and left no PostgreSQL running. */
  async function refused(server: ServedHome, sentence: RegExp): Promise<void> {
    expect(await server.ended()).toEqual({ code: 1, signal: null });
    expect(server.stderr).toMatch(sentence);
    expect(server.stderr.trim().split('\n')).toHaveLength(1);
  }
  const runs = () => {
    const pid = postgresPidOf(home);
    return pid !== undefined && isPostgres(pid, postgresDataOf(home));
  };

  afterEach(async () => {
    for (const server of started.filter((one) => one !== first)) await server.stop();
  });
  afterAll(async () => {
    await Promise.all(started.map((server) => server.stop('SIGKILL')));
    await removeHome(home);
  });

  describe('on a home that is served', () => {
    beforeAll(async () => {
      // Twice at the same instant, on a home that does not exist yet.
      const both = [start(), start()];
      const ready = await Promise.allSettled(both.map((server) => server.ready()));
      expect(ready.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      first = both[ready.findIndex(({ status }) => status === 'fulfilled')]!;
      await refused(
        both.find((server) => server !== first)!,
        new RegExp(`runs on ${home} already`),
      );
    });

    it('is refused with a sentence that names the home, the process and what to do; the first serves on', async () => {
      const sentence = new RegExp(
        `runs on ${home} already \\(process ${first.child.pid}\\)\\. Use that one, stop it, or choose another folder`,
      );
      await refused(start(), sentence);
      expect(await first.client.get('datasets')).toMatchObject({ items: [] });
    });

    it('takes over when the process that held it was killed, though its pid is another program by now', async () => {
      const upload = new KeptUpload();
      await upload.begin(first);
      await first.stop('SIGKILL');
      const data = postgresDataOf(home);
      const pid = postgresPidOf(home)!;
      process.kill(pid, 'SIGKILL');
      while (isPostgres(pid, data)) await sleep(20);
      const file = join(data, 'postmaster.pid');
      // As after a reboot: the number in the file is that of a program which lives, this one.
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid)));
      first = await start().ready();
      expect(await first.client.get('datasets')).toMatchObject({ items: [] });
      // Nothing that was acknowledged is lost, and nobody waits for the one that is dead.
      expect(await upload.goOn(first)).toEqual({ received: 100_000, isWhole: true });
    });

    it('ends with 0 on SIGTERM, and its PostgreSQL with it', async () => {
      expect(await first.stop()).toEqual({ code: 0, signal: null });
      expect(runs()).toBe(false);
    });
  });

  describe('on a home that nobody serves', () => {
    let blocker: Server;
    let port: number;
    beforeAll(async () => {
      blocker = createServer();
      await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
      port = (blocker.address() as { port: number }).port;
    });
    afterAll(() => blocker.close());
    afterEach(() => expect(runs()).toBe(false));

    it('is refused when its port is taken', async () => {
      await refused(
        start({ ASSAY_PORT: String(port) }),
        new RegExp(
          `Port ${port} on 127.0.0.1 is taken\\. Stop what listens there, or choose another: ASSAY_PORT`,
        ),
      );
    });

    it('is refused when its address is not of this machine', async () => {
      await refused(start({ ASSAY_HOST: '192.0.2.1' }), /cannot listen on 192\.0\.2\.1:0 .*ASSAY_HOST/);
    });

    it('is refused when it cannot leave the key for its machine', async () => {
      const path = join(home, 'client.json');
      renameSync(path, `${path}.kept`);
      mkdirSync(path);
      await refused(start(), new RegExp(`did not start: .*${path}`));
      rmSync(path, { recursive: true });
      renameSync(`${path}.kept`, path);
    });

    const KEYS: [string, (path: string) => void, RegExp][] = [
      ['signing.pem', (path) => writeFileSync(path, ''), /is damaged: found 0 bytes that are not an Ed25519/],
      [
        'signing.pem',
        (path) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, 60)),
        /is damaged: found 60 bytes that are not an Ed25519/,
      ],
      ['signing.pem', (path) => rmSync(path), /is missing, and the database holds .* Restore the folder/],
      ['master', (path) => rmSync(path), /is missing, and the database holds .* Restore the folder/],
      [
        'master',
        (path) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, 63)),
        /is damaged: found 63 bytes that are not 64 hexadecimal digits/,
      ],
      ['database.json', (path) => writeFileSync(path, '{"superuser":"x'), /is damaged: found 15 bytes/],
    ];
    // Each way to lose one at full length; here each file once.
    it.each(KEYS.filter((_, i) => isLong || i % 2 === 1))(
      'is refused when keys/%s is damaged or lost, and makes no new one',
      async (name, damage, why) => {
        const path = join(home, 'keys', name);
        const before = readFileSync(path);
        damage(path);
        const damaged = existsSync(path) ? readFileSync(path) : undefined;
        const server = start();
        await refused(server, why);
        expect(server.stderr).toContain(path);
        expect(existsSync(path) ? readFileSync(path) : undefined).toEqual(damaged);
        writeFileSync(path, before, { mode: 0o600 });
      },
    );

    it('is refused when the keys are those of another home', async () => {
      const path = join(home, 'keys', 'signing.pem');
      const before = readFileSync(path);
      const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
      writeFileSync(path, other);
      await refused(start(), /signing\.pem is not the key that the database's log was signed with/);
      writeFileSync(path, before);
    });

    it('takes jobs though the process that is to run them is killed while that starts', async () => {
      const server = start({ ASSAY_WORKERS: '1' });
      const job = () => processesOf(home, postgresDataOf(home)).find(({ kind }) => kind === 'job');
      let found = job();
      // It is looked for once: on a busy machine a second look may come after it.
      while (!server.hasEnded && !found) {
        await sleep(5);
        found = job();
      }
      process.kill(found!.pid, 'SIGKILL');
      const { client } = await server.ready();
      const uploadId = await client.upload('id,x,y\n1,2,a\n2,3,b\n');
      const splits = [{ name: 'train', role: 'train', uploadId }];
      await client.job('datasets/started/versions', { splits, key: 'id', label: 'y' });
      await server.stop();
    });

    it('starts and serves what it had once all is as it was', async () => {
      first = await start().ready();
      expect(await first.client.get('datasets')).toMatchObject({ items: [{ name: 'started' }] });
      await first.stop();
    });
  });
});
