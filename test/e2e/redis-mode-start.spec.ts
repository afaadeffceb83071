import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, hasRedis, RedisServer } from '../support/redis-server.js';
import { newHome, ServedHome } from '../support/served-home.js';

const isInstalled = hasRedis();
if (!isInstalled) console.warn('SKIPPED: a wrong REDIS_URL is not tested: no redis-server on this machine');

/** Speaks just enough of the protocol to say who it is: old versions are in no package archive any more. */
function oldRedis(): Promise<Server> {
  const info = 'redis_version:5.0.14\r\nmaxmemory_policy:noeviction\r\nrole:master\r\nloading:0\r\n';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const command of chunk.toString().match(/^[a-z]+\r$/gim) ?? []) {
        if (/^info/i.test(command)) socket.write(`$${info.length}\r\n${info}\r\n`);
        else if (/^client/i.test(command)) socket.write('+OK\r\n');
      }
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Before anything else is started: what is wrong, in one sentence, without the password. */
describe.skipIf(!isInstalled)('a server whose REDIS_URL is wrong', () => {
  const home = newHome();
  let locked: RedisServer;
  let evicting: RedisServer;
  let replica: RedisServer;
  let old: Server;

  beforeAll(async () => {
    [locked, evicting, replica, old] = await Promise.all([
      RedisServer.start(['--requirepass', 'correct-horse']),
      RedisServer.start(['--maxmemory-policy', 'allkeys-lru']),
      RedisServer.start(['--replicaof', '127.0.0.1', '1']),
      oldRedis(),
    ]);
  });
  afterAll(async () => {
    await Promise.all([locked, evicting, replica].map((server) => server?.stop()));
    old?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const address = (server: { port: number }, login = '') => `redis://${login}127.0.0.1:${server.port}`;
  const CASES: [string, () => string | Promise<string>, RegExp][] = [
    [
      'nobody listens',
      async () => address({ port: await freePort() }),
      /no Redis answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. Start it/,
    ],
    [
      'there is no such host',
      () => 'redis://no-such-host.invalid:6379',
      /no Redis answers at no-such-host\.invalid:6379/,
    ],
    ['the password is wrong', () => address(locked, ':battery-staple@'), /refuses the password/],
    ['there is no password', () => address(locked), /refuses the password/],
    ['it evicts keys', () => address(evicting), /maxmemory-policy allkeys-lru\); expected noeviction/],
    ['it is a replica', () => address(replica), /is a replica, which takes no writes; expected the primary/],
    [
      'it is too old',
      () => address(old.address() as { port: number }),
      /is 5\.0\.14; expected 6\.2 or newer/,
    ],
    [
      'it is no URL',
      () => 'localhost:6379',
      /REDIS_URL is "localhost:6379"; expected a URL that begins with redis:/,
    ],
  ];

  it.each(CASES)('says so when %s', async (what, url, sentence) => {
    const environment = { REDIS_URL: await url() };
    for (const program of ['main', 'worker'] as const) {
      // A worker asks as a server does; once shows it.
      if (program === 'worker' && what !== 'it evicts keys') continue;
      const server = new ServedHome(home, { program, environment });
      expect(await server.ended()).toEqual({ code: 1, signal: null });
      expect(server.stderr).toMatch(sentence);
      expect(server.stderr).toContain('REDIS_URL');
      expect(server.stderr.trim().split('\n')).toHaveLength(1);
      expect(server.said).not.toMatch(/battery-staple|\n\s+at /);
    }
  });
});
