import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView, Page, UploadView } from './api-types.js';
import { EXIT } from './exit-code.js';
import { fileSize } from './local-file.js';
import { CommandFailed, type Problem } from './problem.js';
import { fileChanged, RESUMABLE_ABOVE, sendResumably } from './resumable-upload.js';
import type { Settings } from './settings.js';

export interface Answer<T> {
  status: number;
  body: T;
}

export interface ApiClientOptions {
  /** Called while an upload or a job goes on; `fraction` is 0 to 1. */
  onProgress?: (label: string, fraction: number) => void;
  /** Attempts for one request when the server refuses connections or answers 503. */
  attempts?: number;
  /** Files above this many bytes are sent in parts of at most as many. 16 MiB and 64 MiB unless it is said. */
  partBytes?: number;
}

type Query = Record<string, string | number | boolean | undefined>;

/**
 * The HTTP API of one project.
 *
 * Every POST carries an Idempotency-Key, so a request that is sent again (only after a refused connection or a 503) takes
 * effect once. Errors are thrown as `CommandFailed` with the server's own problem.
 */
export class ApiClient {
  constructor(
    readonly settings: Settings,
    private readonly options: ApiClientOptions = {},
  ) {}

  /** `/v1/projects/<project>` + path. */
  projectPath(path: string): string {
    return `/v1/projects/${encodeURIComponent(this.settings.project)}${path}`;
  }

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.json<T>('GET', path + queryString(query)).then(({ body }) => body);
  }

  /** Everything of a list, page by page. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let after: string | undefined; ;) {
      const page: Page<T> = await this.get(path, { first: 500, after });
      items.push(...page.items);
      if (!page.hasNextPage || page.endCursor === null) return items;
      after = page.endCursor;
    }
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.json<T>('POST', path, body).then((answer) => answer.body);
  }

  patch<T>(path: string, body: object): Promise<T> {
    return this.json<T>('PATCH', path, body).then((answer) => answer.body);
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.json<T>('PUT', path, body).then((answer) => answer.body);
  }

  delete<T>(path: string): Promise<T> {
    return this.json<T>('DELETE', path).then((answer) => answer.body);
  }

  /** Streams a file to the project's uploads; a large one in parts, from where it broke off. */
  async upload(path: string): Promise<UploadView> {
    const size = fileSize(path);
    const filename = basename(path);
    if (size > (this.options.partBytes ?? RESUMABLE_ABOVE)) return this.uploadInParts(path, size);
    const answer = await this.send('POST', this.projectPath('/uploads') + queryString({ filename }), () => ({
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
      body: Readable.toWeb(
        this.counted(createReadStream(path), `uploading ${filename}`, size),
      ) as ReadableStream,
    }));
    return (await answer.json()) as UploadView;
  }

  private async uploadInParts(path: string, size: number): Promise<UploadView> {
    const to = this.projectPath('/resumable-uploads');
    const { id, digest } = await sendResumably(path, size, {
      endpoint: this.settings.url + to,
      apiKey: this.settings.apiKey,
      partBytes: this.options.partBytes,
      onProgress: (fraction) => this.options.onProgress?.(`uploading ${basename(path)}`, fraction),
      refused: (status, text) => this.problemIn(status, text, `sending ${path} to ${to}`),
      unreachable: (error) => this.unreachable(error),
    });
    const upload = await this.get<UploadView>(this.projectPath(`/uploads/${id}`));
    if (upload.digest !== digest) throw fileChanged(path);
    return upload;
  }

  /** Writes a GET's body to a file. */
  async download(path: string, to: string, query: Query = {}): Promise<void> {
    const answer = await this.send('GET', path + queryString(query), () => ({}));
    const size = Number(answer.headers.get('content-length') ?? NaN);
    const body = answer.body ? Readable.fromWeb(answer.body as never) : Readable.from([]);
    await pipeline(
      this.counted(body, `downloading ${basename(to)}`, size),
      createWriteStream(to, { mode: 0o600 }),
    );
  }

  /** Waits until a job ends. Returns its result; throws its error. */
  async finished<T>(job: JobView, label: string): Promise<T> {
    let current = job;
    for (;;) {
      this.options.onProgress?.(current.message ?? label, current.progress);
      if (current.state === 'succeeded') return current.result as T;
      if (current.state === 'failed' || current.state === 'cancelled') throw jobFailed(current);
      current = await this.get<JobView>(this.projectPath(`/jobs/${current.id}`), {
        wait: this.options.onProgress ? 1 : 30,
      });
    }
  }

  private async json<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const answer = await this.send(method, path, () => ({
      ...(content === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: content }),
    }));
    const text = await answer.text();
    if (text === '') return { status: answer.status, body: undefined as T };
    try {
      return { status: answer.status, body: JSON.parse(text) as T };
    } catch {
      throw this.notAssay(`${method} ${path} did not answer JSON`);
    }
  }

  private async send(
    method: string,
    path: string,
    content: () => { headers?: Record<string, string>; body?: string | ReadableStream },
  ): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.settings.apiKey}` };
    if (method === 'POST') headers['idempotency-key'] = randomUUID();
    const attempts = this.options.attempts ?? 5;
    for (let attempt = 1; ; attempt += 1) {
      const { body, headers: own } = content();
      let answer: Response;
      try {
        answer = await fetch(this.settings.url + path, {
          method,
          headers: { accept: 'application/json', ...headers, ...own },
          redirect: 'error',
          ...(body === undefined ? {} : { body, duplex: 'half' }),
        } as RequestInit);
      } catch (error) {
        if (wasRefused(error) && attempt < attempts) {
          await sleep(100 * 2 ** attempt);
          continue;
        }
        throw this.unreachable(error);
      }
      if (answer.status === 503 && attempt < attempts) {
        await answer.arrayBuffer();
        await sleep(retryDelay(answer, attempt));
        continue;
      }
      if (!answer.ok) throw await this.refused(answer, method, path);
      return answer;
    }
  }

  private async refused(answer: Response, method: string, path: string): Promise<CommandFailed> {
    return this.problemIn(answer.status, await answer.text(), `${method} ${path}`);
  }

  private problemIn(status: number, text: string, what: string): CommandFailed {
    try {
      const problem = JSON.parse(text) as Problem;
      if (
        typeof problem === 'object' &&
        problem !== null &&
        (problem.detail ?? problem.title ?? problem.code)
      ) {
        return new CommandFailed({ status, ...problem });
      }
    } catch {
      // Not JSON: whatever answered, it was not Assay.
    }
    return this.notAssay(`${what} answered ${status}`);
  }

  private notAssay(what: string): CommandFailed {
    return new CommandFailed({
      code: 'ANSWER_NOT_UNDERSTOOD',
      detail: `${what}; this does not look like Assay at ${this.settings.url}.`,
      remedy: 'Check ASSAY_URL, and any proxy before the server.',
    });
  }

  private unreachable(error: unknown): CommandFailed {
    const cause = (error as { cause?: NodeJS.ErrnoException }).cause ?? (error as NodeJS.ErrnoException);
    return new CommandFailed(
      {
        code: 'SERVER_UNREACHABLE',
        detail: `No answer from ${this.settings.url} (${cause.code ?? cause.message}).`,
        remedy: 'Start the server with `npm start`, or set ASSAY_URL to where it is.',
      },
      EXIT.error,
    );
  }

  private counted(source: Readable, label: string, size: number): Readable {
    let seen = 0;
    const onProgress = this.options.onProgress;
    if (!onProgress) return source;
    const counter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        seen += chunk.length;
        onProgress(label, size > 0 ? seen / size : 0);
        done(null, chunk);
      },
    });
    source.on('error', (error) => counter.destroy(error));
    return source.pipe(counter);
  }
}

function queryString(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`;
}

function wasRefused(error: unknown): boolean {
  const cause = (error as { cause?: NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] } }).cause;
  return [cause, ...(cause?.errors ?? [])].some((one) => one?.code === 'ECONNREFUSED');
}

function retryDelay(answer: Response, attempt: number): number {
  const seconds = Number(answer.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 10) * 1000 : 100 * 2 ** attempt;
}

function jobFailed(job: JobView): CommandFailed {
  if (job.state === 'cancelled') {
    return new CommandFailed({ code: 'JOB_CANCELLED', detail: `Job ${job.id} was cancelled.` });
  }
  const { code, message, details } = job.error ?? {
    code: 'JOB_FAILED',
    message: `Job ${job.id} failed.`,
    details: {},
  };
  return new CommandFailed({ ...details, code, detail: message, jobId: job.id });
}
