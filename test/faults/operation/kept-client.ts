import { Agent, request } from 'node:http';

export interface Told {
  /** 0 where the connection was closed without an answer. */
  status: number;
  code: string | undefined;
  retryAfter: string | undefined;
  body: Record<string, unknown>;
}

/** A client that keeps the few connections that it has, and opens no others once it was `warmed`. */
export class KeptClient {
  private readonly agent: Agent;

  constructor(
    private readonly at: { url: string; apiKey: string; project: string },
    private readonly connections = 4,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
  }

  async warm(): Promise<void> {
    await Promise.all(Array.from({ length: this.connections }, () => this.get('jobs')));
  }

  get(path: string): Promise<Told> {
    return this.send('GET', path);
  }

  post(path: string, body: object): Promise<Told> {
    return this.send('POST', path, 'application/json', JSON.stringify(body));
  }

  upload(content: string): Promise<Told> {
    return this.send('POST', 'uploads?filename=a.csv', 'application/octet-stream', content);
  }

  end(): void {
    this.agent.destroy();
  }

  private send(method: string, path: string, type?: string, content?: string): Promise<Told> {
    const { url, apiKey, project } = this.at;
    return new Promise((resolve) => {
      const sent = request(
        `${url}/v1/projects/${project}/${path}`,
        {
          agent: this.agent,
          method,
          headers: {
            authorization: `Bearer ${apiKey}`,
            ...(type === undefined
              ? {}
              : { 'content-type': type, 'content-length': Buffer.byteLength(content!) }),
          },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', () => resolve(NOTHING));
          answer.on('end', () => {
            const body = JSON.parse(Buffer.concat(parts).toString() || '{}') as Record<string, unknown>;
            const { code } = body as { code?: string };
            resolve({
              status: answer.statusCode!,
              code,
              retryAfter: answer.headers['retry-after'],
              body,
            });
          });
        },
      );
      sent.on('error', () => resolve(NOTHING));
      sent.end(content);
    });
  }
}

const NOTHING: Told = { status: 0, code: undefined, retryAfter: undefined, body: {} };
