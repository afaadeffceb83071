import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ModelClient } from './http-request.js';

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** A client of a name that no resolver knows, pinned to a real server. */
async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, asked: number) => unknown,
  seconds = 5,
) {
  let asked = 0;
  const server = createServer((request, response) => void answer(request, response, (asked += 1)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = new URL(`http://models.invalid:${port}/v2/models/m`);
  const client = new ModelClient(url, { address: '127.0.0.1', family: 4 }, seconds, 2);
  return { client, port, asked: () => asked };
}

describe('a request to a model server', () => {
  it('goes to the pinned address under its own name, and no name is asked for', async () => {
    const seen: unknown[] = [];
    const { client, port } = await serve((request, response) => {
      seen.push([request.method, request.url, request.headers.host]);
      response.end('{"name":"m"}');
    });
    expect(await client.json('')).toEqual({ name: 'm' });
    await client.json('/infer', { inputs: [] });
    expect(seen).toEqual([
      ['GET', '/v2/models/m', `models.invalid:${port}`],
      ['POST', '/v2/models/m/infer', `models.invalid:${port}`],
    ]);
  });

  it('is sent again after 429, 502, 503 and 504, and not for ever', async () => {
    const sentAgain = async (status: number) => {
      const { client, asked } = await serve((_request, response, times) => {
        response.writeHead(times < 3 ? status : 200).end('{}');
      });
      expect(await client.json('')).toEqual({});
      expect([status, asked()]).toEqual([status, 3]);
      const busy = await serve((_request, response) => response.writeHead(status).end());
      await expect(busy.client.json('')).rejects.toMatchObject({ code: 'MODEL_ENDPOINT_FAILED' });
      expect([status, busy.asked()]).toEqual([status, 4]);
    };
    // At once: each waits for its pauses.
    await Promise.all([429, 502, 503, 504].map(sentAgain));
  });

  it('is sent again where the connection broke', async () => {
    const { client, asked } = await serve((request, response, times) => {
      if (times === 1) request.socket.destroy();
      else response.end('{}');
    });
    expect(await client.json('/infer', {})).toEqual({});
    expect(asked()).toBe(2);
  });

  it.each([400, 401, 404, 500])('is not sent again after %i', async (status) => {
    const { client, asked } = await serve((_request, response) =>
      response.writeHead(status).end('a secret of the server'),
    );
    const failed = client.json('');
    await expect(failed).rejects.toMatchObject({
      code: 'MODEL_ENDPOINT_FAILED',
      message: `the model's endpoint answered ${status}`,
    });
    expect(asked()).toBe(1);
  });

  it('is given up where the answer only drips, and is not sent again', async () => {
    const { client, asked } = await serve((_request, response) => {
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    }, 1);
    await expect(client.json('')).rejects.toMatchObject({ code: 'MODEL_TIMED_OUT' });
    expect(asked()).toBe(1);
  });

  it('is refused an answer without end, or one that is no JSON', async () => {
    const { client } = await serve((_request, response) => {
      const block = Buffer.alloc(1024 * 1024, 0x20);
      const pour = (): unknown => response.destroyed || response.write(block, () => setImmediate(pour));
      pour();
    }, 60);
    await expect(client.json('')).rejects.toMatchObject({
      code: 'MODEL_ANSWER_MALFORMED',
      message: expect.stringContaining('more than 67108864 bytes') as string,
    });
    const other = await serve((_request, response) => response.end('<html>'));
    await expect(other.client.json('')).rejects.toMatchObject({ code: 'MODEL_ANSWER_MALFORMED' });
  });
});
