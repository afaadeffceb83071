import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What a request asks and how it is answered. `undefined` leaves it without an answer. */
export type Infer = (
  values: number[][],
  asked: number,
) => object | undefined | { status: number; location?: string };

/** A real server of the Open Inference Protocol with one model `m`: input x, output p. With a certificate it speaks TLS alone. */
export async function modelServer(width: number, infer: Infer, tls?: { key: string; cert: string }) {
  let asked = 0;
  let open = 0;
  let most = 0;
  const listener = (request: IncomingMessage, response: ServerResponse) => void answer(request, response);
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/v2/models/m') {
      return json(response, {
        name: 'm',
        platform: 'test',
        inputs: [{ name: 'x', datatype: 'FP64', shape: [-1, width] }],
        outputs: [{ name: 'p', datatype: 'FP64', shape: [-1, 1] }],
      });
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      inputs: { shape: [number, number]; data: number[] }[];
    };
    const { shape, data } = body.inputs[0]!;
    const values = Array.from({ length: shape[0] }, (_, row) => data.slice(row * width, (row + 1) * width));
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setTimeout(resolve, 5));
    open -= 1;
    const said = infer(values, (asked += 1));
    if (said === undefined) return undefined;
    if ('status' in said) {
      response.writeHead(said.status, said.location === undefined ? {} : { location: said.location });
      return response.end();
    }
    return json(response, said);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/v2/models/m`,
    asked: () => asked,
    mostAtOnce: () => most,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const json = (response: ServerResponse, body: object) => {
  response.setHeader('content-type', 'application/json');
  return response.end(JSON.stringify(body));
};

export const answered = (values: readonly number[], more: object = {}) => ({
  model_name: 'm',
  model_version: '1',
  outputs: [{ name: 'p', datatype: 'FP64', shape: [values.length, 1], data: values }],
  ...more,
});
