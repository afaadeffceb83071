import type { TestApp } from './start-test-app.js';

interface JobBody {
  id: string;
  state: string;
  result: Record<string, unknown> | null;
  error: { code: string; message: string } | null;
}

/** The REST interface as a client of a test uses it: each call throws where the service did not answer as asked. */
export class ApiClient {
  constructor(
    private readonly test: TestApp,
    private readonly key = test.apiKey,
    private readonly project = test.project,
  ) {}

  async get<T>(path: string): Promise<T> {
    return (await this.send('get', path).expect(200)).body as T;
  }

  async post<T>(path: string, body: object): Promise<T> {
    const answer = await this.send('post', path).send(body);
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
    return answer.body as T;
  }

  send(method: 'get' | 'post' | 'delete', path: string) {
    return this.test.request[method](`/v1/projects/${this.project}/${path}`).set(
      'authorization',
      `Bearer ${this.key}`,
    );
  }

  async graphql<T>(query: string, variables: object = {}): Promise<T> {
    const answer = await this.test.request
      .post('/graphql')
      .set('authorization', `Bearer ${this.key}`)
      .send({ query, variables });
    const body = answer.body as { data: T; errors?: unknown };
    if (body.errors) throw new Error(JSON.stringify(body.errors));
    return body.data;
  }

  async upload(content: string | Buffer, filename = 'data.csv'): Promise<string> {
    const answer = await this.send('post', `uploads?filename=${filename}`)
      .set('content-type', 'application/octet-stream')
      .send(Buffer.from(content))
      .expect(201);
    return (answer.body as { id: string }).id;
  }

  /** POST what answers 202 and wait for its job. Throws the job's error when it failed. */
  async job<T>(path: string, body: object): Promise<T> {
    const { job } = await this.post<{ job: JobBody }>(path, body);
    const ended = await this.ended(job.id);
    if (ended.state !== 'succeeded')
      throw new Error(`${ended.state}: ${ended.error?.code} ${ended.error?.message}`);
    return ended.result as T;
  }

  async ended(jobId: string): Promise<JobBody> {
    for (;;) {
      const job = await this.get<JobBody>(`jobs/${jobId}?wait=30`);
      if (!['queued', 'running'].includes(job.state)) return job;
    }
  }
}
