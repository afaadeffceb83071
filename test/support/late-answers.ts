import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** AuthenticationOk of PostgreSQL's protocol: from here on nothing is asked any more until the connection is ready. */
const AUTHENTICATED = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);

export interface LateAnswers {
  /** The same database, by way of here. */
  url: string;
  /** While true, new connections hear that they are ready only when the server has closed them, all in one piece. */
  late: boolean;
  close(): Promise<void>;
}

/** A network before a PostgreSQL that delivers late: as a client reads that was busy while its connection became ready and was cut. */
export async function lateAnswers(url: string): Promise<LateAnswers> {
  const to = new URL(url);
  const sockets = new Set<Socket>();
  const proxy = { late: false };
  const server = createServer((client) => {
    const database = connect(Number(to.port), to.hostname);
    const { late } = proxy;
    const held: Buffer[] = [];
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => database.write(bytes)).on('close', () => database.destroy());
    database.on('data', (bytes) => {
      if (late && (held.length > 0 || bytes.includes(AUTHENTICATED))) held.push(bytes);
      else client.write(bytes);
    });
    database.on('close', () => client.end(Buffer.concat(held)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const here = new URL(url);
  here.port = String((server.address() as AddressInfo).port);
  return Object.assign(proxy, {
    url: here.toString(),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
