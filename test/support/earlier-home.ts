import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { prepareLayout, removeLayout } from '../../src/platform/database/embedded/layout.js';
import { startPostgres, stopPostgres, SUPERUSER } from '../../src/platform/database/embedded/postgres.js';

interface Client {
  url: string;
  apiKey: string;
  project: string;
}

/** A home folder with its embedded PostgreSQL, served by compiled code of one version or another, as `npm start` serves it. */
export class ServedHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'assay-served-'));
  private child: ChildProcess | undefined;
  private said = '';
  client: Client;

  /** `code` is the root of a version with its `dist`. Throws what it said when it does not become ready. */
  async start(code: string): Promise<void> {
    const ended = await this.attempt(code);
    if (ended !== 'ready') throw new Error(`the server of ${code} ended with ${ended}: ${this.said}`);
  }

  /** Starts a version that is to refuse this home. Answers what it said. Throws when it became ready. */
  async refused(code: string): Promise<string> {
    const ended = await this.attempt(code);
    if (ended !== 'ready') return this.said;
    await this.stop();
    throw new Error(`the server of ${code} took the home`);
  }

  private async attempt(code: string): Promise<'ready' | number | string> {
    this.said = '';
    const child = spawn(process.execPath, [join(code, 'dist/src/main.js')], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ASSAY_HOME: this.folder,
        ASSAY_PORT: '0',
        ASSAY_WORKERS: '1',
        ASSAY_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const ready = new Promise<'ready'>((resolve) =>
      child.stdout.on('data', (chunk: Buffer) => {
        this.said += chunk.toString();
        if (this.said.includes('Assay is ready')) resolve('ready');
      }),
    );
    child.stderr.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    const ended = new Promise<number | string>((resolve) =>
      child.once('close', (status, signal) => resolve(status ?? signal ?? 'nothing')),
    );
    const outcome = await Promise.race([ready, ended]);
    if (outcome === 'ready')
      this.client = JSON.parse(readFileSync(join(this.folder, 'client.json'), 'utf8')) as Client;
    else this.child = undefined;
    return outcome;
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  /** The server alone, as a crash of it would be: PostgreSQL runs on, without anybody. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
    this.child = undefined;
  }

  /** As the superuser, while no server runs on the home. */
  async inDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const layout = prepareLayout(this.folder);
    const { superuser } = JSON.parse(readFileSync(join(this.folder, 'keys/database.json'), 'utf8')) as {
      superuser: string;
    };
    const { port } = await startPostgres(layout, superuser);
    const client = new pg.Client({
      connectionString: `postgres://${SUPERUSER}:${superuser}@127.0.0.1:${port}/assay`,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
      await stopPostgres(layout);
    }
  }

  get dataFolder(): string {
    return prepareLayout(this.folder).data;
  }

  async remove(): Promise<void> {
    await this.kill();
    if (existsSync(join(this.folder, 'keys'))) {
      const layout = prepareLayout(this.folder);
      await stopPostgres(layout);
      removeLayout(layout);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async text(path: string): Promise<string> {
    const answer = await this.send('GET', path);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.text();
  }

  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.text(path)) as T;
  }

  async post<T>(path: string, body: object): Promise<T> {
    const answer = await this.send('POST', path, JSON.stringify(body), 'application/json');
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async upload(content: string): Promise<string> {
    const answer = await this.send('POST', '/uploads?filename=data.csv', content, 'application/octet-stream');
    if (!answer.ok) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { id: string }).id;
  }

  /** The result of a job. Throws what it failed with. */
  async finished<T>(jobId: string): Promise<T> {
    for (;;) {
      const job = await this.get<{ state: string; result: T; error: unknown }>(`/jobs/${jobId}?wait=30`);
      if (job.state === 'succeeded') return job.result;
      if (job.state !== 'queued' && job.state !== 'running')
        throw new Error(`${job.state}: ${JSON.stringify(job.error)}`);
      await sleep(20);
    }
  }

  send(method: string, path: string, body?: string, type?: string): Promise<Response> {
    const { url, apiKey, project } = this.client;
    return fetch(`${url}/v1/projects/${project}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...(type === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    });
  }
}
