/** An answer of any status, with what a caller may go by. */
export interface Answer {
  status: number;
  /** Of a problem; undefined on success. */
  code?: string;
  // The shapes are what these tests are about.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  headers: Headers;
}

/** Calls over real connections, as many as are asked for at once, of the servers in turn. Throws for no status. */
export class RacingClient {
  private calls = 0;

  constructor(
    readonly urls: readonly string[],
    readonly apiKey: string,
    readonly project = 'default',
  ) {}

  as(apiKey: string): RacingClient {
    return new RacingClient(this.urls, apiKey, this.project);
  }

  get(path: string, server?: number): Promise<Answer> {
    return this.call('GET', path, undefined, {}, server);
  }

  post(path: string, body: object, idempotencyKey?: string, server?: number): Promise<Answer> {
    const headers: Record<string, string> =
      idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    return this.call(
      'POST',
      path,
      JSON.stringify(body),
      { 'content-type': 'application/json', ...headers },
      server,
    );
  }

  delete(path: string): Promise<Answer> {
    return this.call('DELETE', path);
  }

  async upload(content: string | Buffer): Promise<string> {
    const answer = await this.call(
      'POST',
      '/uploads?filename=data.csv',
      new Uint8Array(Buffer.from(content)),
      {
        'content-type': 'application/octet-stream',
      },
    );
    if (answer.status !== 201) throw new Error(`upload: ${answer.status} ${answer.code}`);
    return answer.body.id as string;
  }

  /** The job as it ended. */
  async ended(
    jobId: string,
  ): Promise<{ state: string; result: Record<string, unknown>; error: { code: string } }> {
    for (;;) {
      const { status, body } = await this.get(`/jobs/${jobId}?wait=30`);
      if (status !== 200) throw new Error(`job ${jobId}: ${status} ${JSON.stringify(body)}`);
      if (!['queued', 'running'].includes(body.state)) return body;
    }
  }

  /** What is made, or the error. */
  async must(answer: Promise<Answer>): Promise<Answer['body']> {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    if (status !== 202) return body;
    const job = await this.ended(body.job.id);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
    return job.result;
  }

  private async call(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
    server = this.calls++ % this.urls.length,
  ): Promise<Answer> {
    const answer = await fetch(`${this.urls[server]}/v1/projects/${this.project}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.apiKey}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    const parsed = text === '' ? null : JSON.parse(text);
    return {
      status: answer.status,
      ...(answer.ok ? {} : { code: parsed?.code as string }),
      body: parsed,
      headers: answer.headers,
    };
  }
}
