import { connect, type Socket } from 'node:net';

/** A connection on which anything can be written: what no HTTP client would send. */
export class RawConnection {
  private received = '';
  private closed = false;
  private readonly socket: Socket;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk) => (this.received += String(chunk)));
    // A reset is an end like any other.
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.closed = true));
  }

  write(text: string | Buffer): this {
    if (!this.closed) this.socket.write(text);
    return this;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** What the server wrote until it closed the connection. */
  async untilClosed(): Promise<string> {
    if (!this.closed) await new Promise((resolve) => this.socket.once('close', resolve));
    return this.received;
  }

  /** What the server wrote until that matches `pattern`, or until it closed the connection. */
  async until(pattern: RegExp): Promise<string> {
    while (!this.closed && !pattern.test(this.received)) {
      await new Promise<void>((resolve) => {
        const next = () => {
          this.socket.off('data', next).off('close', next);
          resolve();
        };
        this.socket.once('data', next).once('close', next);
      });
    }
    return this.received;
  }

  end(): void {
    this.socket.destroy();
  }
}

/** Status and problem of an answer as it stands on the wire. */
export function problemOnWire(answer: string): {
  status: number;
  code: string;
  detail: string;
  type: string;
} {
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
  const { code, detail } = JSON.parse(/\{.*\}/s.exec(body)?.[0] ?? '{}') as { code: string; detail: string };
  const type = /^content-type: *([^\s;]+)/im.exec(head)?.[1] ?? '';
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), code, detail, type };
}
