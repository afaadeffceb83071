import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger, Traffic } from './ledger.js';

export interface Address {
  url: string;
  apiKey: string;
  project: string;
}

export interface Answer<T> {
  status: number;
  body: T;
}

interface ProblemBody {
  code?: string;
}

/** How long one request is repeated before the test gives up: longer than any recovery. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 60;

/** A request that the service refused for good. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    what: string,
  ) {
    super(`${what}: ${status} ${code}`);
  }
}

/**
 * A client as one would be in CI: repeats what failed on the way or was answered with 503, each POST under one
 * Idempotency-Key, and writes down what it was promised.
 */
export class Client {
  constructor(
    private readonly address: () => Address,
    readonly ledger: Ledger,
    private readonly traffic: Traffic,
  ) {}

  get<T>(path: string): Promise<Answer<T>> {
    return this.repeated<T>('GET', path, {});
  }

  delete<T>(path: string): Promise<Answer<T>> {
    return this.repeated<T>('DELETE', path, {});
  }

  /** A POST that takes effect once, however often it has to be sent. */
  async post<T>(path: string, body: object): Promise<Answer<T>> {
    const key = randomUUID();
    const answer = await this.repeated<T>('POST', path, {
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    this.ledger.kept.push({
      key,
      route: `POST /v1/projects/${this.address().project}/${path}`,
      ...answer,
    });
    return answer;
  }

  /** A POST without such a key: `onUnknown` is called for each that may have taken effect without an answer. */
  postOnce<T>(
    path: string,
    content: { headers: Record<string, string>; body: string },
    onUnknown: () => void,
  ): Promise<Answer<T>> {
    return this.repeated<T>('POST', path, content, onUnknown);
  }

  private async repeated<T>(
    method: string,
    path: string,
    content: { headers?: Record<string, string>; body?: string },
    onUnknown?: () => void,
  ): Promise<Answer<T>> {
    const giveUp = performance.now() + PATIENCE_MS;
    for (;;) {
      const what = `${method} ${path}`;
      const answer = await this.once<T & ProblemBody>(what, method, path, content);
      if (answer === 'refused') this.traffic.count('no connection');
      else if (answer === 'cut') {
        this.traffic.unanswered += 1;
        onUnknown?.();
      } else if (answer.status < 300) return answer;
      else if (answer.status === 503) onUnknown?.();
      else throw new Refused(answer.status, answer.body.code ?? '', what);
      if (performance.now() > giveUp) throw new Error(`${what} was not answered within ${PATIENCE_MS} ms`);
      await sleep(PAUSE_MS);
    }
  }

  private async once<T>(
    what: string,
    method: string,
    path: string,
    content: { headers?: Record<string, string>; body?: string },
  ): Promise<Answer<T> | 'refused' | 'cut'> {
    const { url, apiKey, project } = this.address();
    this.traffic.requests += 1;
    try {
      const answer = await fetch(`${url}/v1/projects/${project}/${path}`, {
        method,
        ...content,
        headers: { authorization: `Bearer ${apiKey}`, ...content.headers },
        signal: AbortSignal.timeout(45_000),
      });
      const text = await answer.text();
      this.traffic.count(String(answer.status));
      const body = (text === '' ? null : JSON.parse(text)) as T & ProblemBody;
      if (answer.status >= 500) this.judge(what, answer, body);
      return { status: answer.status, body };
    } catch (error) {
      const { code } = (error as { cause?: { code?: string } }).cause ?? {};
      if ((error as Error).name === 'TimeoutError') this.traffic.unwanted.push(`${what}: no answer in 45 s`);
      return code === 'ECONNREFUSED' ? 'refused' : 'cut';
    }
  }

  /** A failing service says that it is not available, by a code, and when to come back. Anything else is a fault. */
  private judge(what: string, answer: Response, body: ProblemBody): void {
    const honest = answer.status === 503 && body.code !== undefined && answer.headers.has('retry-after');
    if (!honest) this.traffic.unwanted.push(`${what}: ${answer.status} ${JSON.stringify(body)}`);
    else this.traffic.count(`503 ${body.code}`);
  }
}
