import { Agent, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extent } from '../support/extent.js';
import { RacingClient } from './races/client.js';
import { ScaledService } from './races/service.js';

const KEPT_ALIVE = 500;
const IN_FLIGHT = 2_000;
const ROUNDS = extent(1, 5);
const POOL = 4;

interface Told {
  status: number;
  retryAfter: string | undefined;
  body: string;
}

describe('more connections and requests than the database has connections for', () => {
  let service: ScaledService;
  let client: RacingClient;
  /** Keeps its connections. */
  const idle = new Agent({ keepAlive: true, maxSockets: KEPT_ALIVE, maxFreeSockets: KEPT_ALIVE });
  const crowd = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT, maxFreeSockets: IN_FLIGHT });
  const figures: string[] = [];

  beforeAll(async () => {
    service = await ScaledService.start(1, { ASSAY_WORKERS: '0', ASSAY_DATABASE_POOL: String(POOL) });
    client = new RacingClient(
      service.servers.map(({ url }) => url),
      service.apiKey,
    );
  });
  afterAll(async () => {
    idle.destroy();
    crowd.destroy();
    await service.stop();
  });

  function send(agent: Agent, method: 'GET' | 'POST', path: string, body?: object): Promise<Told> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        `${service.servers[0]!.url}${path}`,
        {
          agent,
          method,
          headers: {
            authorization: `Bearer ${service.apiKey}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode!,
              retryAfter: answer.headers['retry-after'],
              body: Buffer.concat(parts).toString(),
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  const experiments = '/v1/projects/default/experiments';
  /** Carried out, or asked to come back: nothing else. */
  const isRight = ({ status, retryAfter, body }: Told, success: number) =>
    status === success ||
    (status === 503 &&
      Number(retryAfter) > 0 &&
      (JSON.parse(body) as { code: string }).code === 'DATABASE_BUSY');

  async function expectRecovered(): Promise<void> {
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.get('/experiments')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    // A transaction may be under way at any moment: none stays.
    await expect
      .poll(
        async () => {
          const [left] = await service.rows<{ open: number; under_way: number }>(
            `SELECT count(*) FILTER (WHERE application_name LIKE 'assay %')::int AS open,
               count(*) FILTER (WHERE xact_start IS NOT NULL)::int AS under_way
             FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
          );
          return left!.open <= POOL && left!.under_way === 0;
        },
        { timeout: 30_000, interval: 20 },
      )
      .toBe(true);
  }

  it(`carries out or puts off each of ${IN_FLIGHT} requests in flight, beside ${KEPT_ALIVE} idle connections`, async () => {
    await Promise.all(Array.from({ length: KEPT_ALIVE }, () => send(idle, 'GET', '/health')));
    const counts = { done: 0, later: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const made = (i: number) => i % 4 === 0;
      const answers = await Promise.all(
        Array.from({ length: IN_FLIGHT }, (_, i) =>
          made(i)
            ? send(crowd, 'POST', experiments, { name: `e${round}-${i}` })
            : send(crowd, 'GET', `${experiments}?first=1`),
        ),
      );
      expect(answers.filter((answer, i) => !isRight(answer, made(i) ? 201 : 200))).toEqual([]);
      const stored = await service.rows(`SELECT FROM experiment WHERE name LIKE 'e${round}-%'`);
      expect(stored.length).toBe(answers.filter(({ status }) => status === 201).length);
      counts.done += answers.filter(({ status }) => status < 300).length;
      counts.later += answers.filter(({ status }) => status === 503).length;
    }
    // The idle connections still serve.
    const again = await Promise.all(Array.from({ length: KEPT_ALIVE }, () => send(idle, 'GET', '/health')));
    expect(again.every(({ status }) => status === 200)).toBe(true);
    await expectRecovered();
    figures.push(
      `${ROUNDS} x ${IN_FLIGHT} requests in flight on a pool of ${POOL} beside ${KEPT_ALIVE} idle connections: ` +
        `${counts.done} carried out, ${counts.later} x 503`,
    );
  });

  it('says 503 with Retry-After while nothing moves, answers what needs no database, and recovers', async () => {
    const blocker = await service.database.admin.connect();
    const blocked = 3 * POOL;
    let answers: Told[];
    try {
      await blocker.query('BEGIN; LOCK TABLE experiment IN ACCESS EXCLUSIVE MODE');
      const waiting = Array.from({ length: blocked }, (_, i) =>
        send(crowd, 'POST', experiments, { name: `blocked-${i}` }),
      );
      expect((await send(idle, 'GET', '/health')).status).toBe(200);
      // The pool is taken by requests that wait for the table: these find no connection within its patience.
      const late = Array.from({ length: blocked }, () => send(crowd, 'GET', experiments));
      answers = await Promise.all(late);
      expect(answers.filter((answer) => !isRight(answer, 503))).toEqual([]);
      await blocker.query('ROLLBACK');
      const ended = await Promise.all(waiting);
      expect(ended.filter((answer) => !isRight(answer, 201))).toEqual([]);
      expect(ended.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
      const stored = await service.rows(`SELECT FROM experiment WHERE name LIKE 'blocked-%'`);
      expect(stored.length).toBe(ended.filter(({ status }) => status === 201).length);
    } finally {
      blocker.release(true);
    }
    await expectRecovered();
    figures.push(
      `${answers.length} x 503 DATABASE_BUSY with Retry-After while a table was locked, none after`,
    );
    console.error(`connections: ${figures.join('; ')}`);
  });
});
