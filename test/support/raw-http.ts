import { connect } from 'node:net';

export interface RawAnswer {
  /** The whole answer, head and body; empty where the connection was closed without a word. */
  text: string;
  status: number;
  /** Bytes that were written before the server had answered. */
  sent: number;
}

/**
 * Send bytes as they are, which no client library would, and read until the server closes or has answered. `more` is asked for further
 * bytes until it has none (undefined) or the server has answered.
 */
export function rawRequest(url: string, head: string, more?: () => Buffer | undefined): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let text = '';
    let sent = 0;
    const done = () => {
      socket.destroy();
      resolve({ text, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), sent });
    };
    const write = () => {
      if (text !== '' || socket.destroyed) return;
      const chunk = more?.();
      if (chunk === undefined) return;
      sent += chunk.length;
      socket.write(chunk, () => setImmediate(write));
    };
    socket.setTimeout(20_000, () => reject(new Error(`no answer after ${sent} bytes; so far: ${text}`)));
    socket.on('connect', () => {
      socket.write(head, 'latin1');
      write();
    });
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (isWhole(text)) done();
    });
    socket.on('end', done);
    socket.on('close', done);
    // The server may have closed while we were still sending.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (['EPIPE', 'ECONNRESET'].includes(error.code ?? '')) done();
      else reject(error);
    });
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /^content-length: (\d+)/im.exec(text)?.[1];
  return length === undefined ? false : text.length >= end + 4 + Number(length);
}
