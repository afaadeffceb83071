import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { asRemoteFailed, openRemote, RemoteFailed } from './open-remote.js';

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** The URL of a name that no resolver knows. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<URL> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://data.invalid:${(server.address() as AddressInfo).port}/a/train.csv`);
}

const pinned = { address: '127.0.0.1', family: 4 } as const;
const fetched = async (url: URL, options: Parameters<typeof openRemote>[2] = {}) => {
  try {
    return await buffer(await openRemote(url, pinned, options));
  } catch (error) {
    throw asRemoteFailed(error);
  }
};

describe('a file of another host', () => {
  it('comes from the pinned address, asked by its own name and as it is', async () => {
    const seen: unknown[] = [];
    const url = await serve(({ url: path, headers }, response) => {
      seen.push([path, headers.host, headers['accept-encoding'], headers.authorization]);
      response.end('id,y\n1,a\n');
    });
    expect((await fetched(url)).toString()).toBe('id,y\n1,a\n');
    expect(seen).toEqual([['/a/train.csv', url.host, 'identity', undefined]]);
  });

  it.each([
    [302, { location: 'http://169.254.169.254/' }, /answered 302, and no redirect is followed/, false],
    [404, {}, /answered 404/, false],
    [503, {}, /answered 503/, true],
    [206, {}, /answered 206/, false],
    [200, { 'content-encoding': 'gzip' }, /encoding/, false],
  ])('does not come where it answers %i %j', async (status, headers, message, again) => {
    const url = await serve((_request, response) => response.writeHead(status, headers).end('a secret'));
    const error = await fetched(url).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RemoteFailed);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string, again });
    expect((error as Error).message).not.toContain('secret');
  });

  it('may be asked for again where the connection breaks before the end', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => request.socket.destroy());
    });
    await expect(fetched(url)).rejects.toMatchObject({ again: true });
    const nobody = new URL('http://data.invalid:1/x');
    await expect(fetched(nobody)).rejects.toMatchObject({ again: true });
  });

  it('is given up where it only drips, and where nothing comes at all', async () => {
    const pace = { windowMs: 60, bytes: 2_000 };
    const dripping = await serve((_request, response) => {
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    });
    const silent = await serve(() => undefined);
    for (const url of [dripping, silent])
      await expect(fetched(url, { pace })).rejects.toMatchObject({
        message: 'sent less than 2000 bytes within 0.06 seconds',
        again: false,
      });
  });

  it('ends when its job does', async () => {
    const stop = new AbortController();
    const url = await serve((_request, response) => response.write('a', () => stop.abort()));
    await expect(fetched(url, { signal: stop.signal })).rejects.toThrow(/abort/i);
  });
});
