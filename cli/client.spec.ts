import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiClient } from './client.js';
import { CommandFailed } from './problem.js';

type Answering = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const closing: (() => void)[] = [];

afterEach(() => closing.splice(0).forEach((close) => close()));

async function serving(answer: Answering): Promise<ApiClient> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return new ApiClient({ url: `http://127.0.0.1:${port}`, apiKey: 'secret', project: 'a/b' });
}

const json = (response: ServerResponse, status: number, body: object) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

async function failure(promise: Promise<unknown>): Promise<CommandFailed> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CommandFailed);
  return error as CommandFailed;
}

describe('ApiClient', () => {
  it('asks under its project, with its key', async () => {
    const client = await serving((request, response) =>
      json(response, 200, { url: request.url, authorization: request.headers.authorization }),
    );
    expect(await client.get(client.projectPath('/jobs'), { wait: 30, after: undefined })).toEqual({
      url: '/v1/projects/a%2Fb/jobs?wait=30',
      authorization: 'Bearer secret',
    });
  });

  it('repeats a POST after 503 with the same Idempotency-Key, and gives another POST another', async () => {
    const keys: unknown[] = [];
    const client = await serving((request, response) => {
      keys.push(request.headers['idempotency-key']);
      json(response, keys.length === 1 ? 503 : 201, {});
    });
    await client.post('/x', {});
    await client.post('/x', {});
    expect(keys).toHaveLength(3);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('does not repeat what was refused', async () => {
    let calls = 0;
    const client = await serving((_request, response) => {
      calls += 1;
      json(response, 409, {
        code: 'HOLDOUT_SPENT',
        detail: 'No looks are left.',
        remedy: 'Refresh the holdout.',
      });
    });
    const { problem, exitCode } = await failure(client.post('/x', {}));
    expect(problem).toMatchObject({ status: 409, code: 'HOLDOUT_SPENT', remedy: 'Refresh the holdout.' });
    expect([calls, exitCode]).toEqual([1, 2]);
  });

  it.each([
    ['an error page', 502, '<html>'],
    ['a page that is no JSON', 200, '<html>'],
  ])('does not take %s for Assay', async (_name, status, body) => {
    const client = await serving((_request, response) => response.writeHead(status).end(body));
    expect((await failure(client.get('/x'))).problem.code).toBe('ANSWER_NOT_UNDERSTOOD');
  });

  it('says when nothing answers', async () => {
    const client = new ApiClient({ url: 'http://127.0.0.1:1', apiKey: 'k', project: 'p' }, { attempts: 2 });
    const { problem } = await failure(client.get('/x'));
    expect(problem.code).toBe('SERVER_UNREACHABLE');
    expect(problem.remedy).toContain('npm start');
  });

  it('uploads a file as it is, under its name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-client-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'a b.csv'), 'id\n1\n');
    const client = await serving((request, response, body) =>
      json(response, 201, {
        id: request.url,
        size: body.length,
        filename: request.headers['content-length'],
      }),
    );
    expect(await client.upload(join(folder, 'a b.csv'))).toEqual({
      id: '/v1/projects/a%2Fb/uploads?filename=a+b.csv',
      size: 5,
      filename: '5',
    });
  });

  it('waits for a job and returns its result', async () => {
    const states = ['queued', 'running', 'succeeded'];
    const client = await serving((_request, response) =>
      json(response, 200, {
        id: 'j',
        state: states.shift(),
        progress: 0.5,
        message: null,
        result: { answer: 42 },
      }),
    );
    expect(await client.finished({ id: 'j', state: 'queued', progress: 0 } as never, 'working')).toEqual({
      answer: 42,
    });
  });

  it('throws the error of a job that failed', async () => {
    const client = new ApiClient({ url: 'http://127.0.0.1:1', apiKey: 'k', project: 'p' });
    const error = {
      code: 'PREDICTIONS_MISSING',
      message: '3 rows have none',
      details: { remedy: 'Send all.' },
    };
    const job = { id: 'j', state: 'failed', progress: 0, error } as never;
    expect((await failure(client.finished(job, 'working'))).problem).toMatchObject({
      code: 'PREDICTIONS_MISSING',
      detail: '3 rows have none',
      remedy: 'Send all.',
    });
  });
});
