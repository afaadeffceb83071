import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { extent, isLong, SEED } from '../support/extent.js';
import { type Answer, RacingClient } from './races/client.js';
import { dataset, predictions } from './races/data.js';
import { MemoryWatch, parentOf } from './races/memory.js';
import { ScaledService } from './races/service.js';

const LIMIT_MIB = 4_096;
/** More than fit into the default of ASSAY_MEMORY_MB. */
const WORKERS = 8;
const SLOTS = 4;
const JOBS = extent(6, 8);
const PUSHED_ROWS = extent(20_000, 300_000);
const EVALUATED_ROWS = extent(30_000, 500_000);
const COLUMNS = 20;

if (!MemoryWatch.isPossible)
  console.error('SKIPPED: memory of the service: this machine has no /proc/PID/smaps_rollup');

describe.skipIf(!MemoryWatch.isPossible)('memory of the service, its jobs and its PostgreSQL', () => {
  let service: ScaledService;
  let client: RacingClient;
  let watch: MemoryWatch;

  beforeAll(async () => {
    service = await ScaledService.start(1, { ASSAY_WORKERS: String(WORKERS) });
    client = new RacingClient(
      service.servers.map(({ url }) => url),
      service.apiKey,
    );
    const [backend] = await service.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    watch = new MemoryWatch([...service.pids, parentOf(backend!.pid)]);
  });
  afterAll(async () => {
    watch?.stop();
    await service?.stop();
  });

  it(
    `stays under 4 GiB with ${2 * JOBS} large jobs on ${SLOTS} slots, of which the others wait their turn`,
    { timeout: isLong ? 3_600_000 : 300_000 },
    async () => {
      await client.must(
        client.post('/models/m/versions', { artifactUploadId: await client.upload('weights') }),
      );
      watch.start();
      const uploadId = await client.upload(dataset(1, EVALUATED_ROWS));
      const splits = [{ name: 'validation', role: 'validation', uploadId }];
      const base = { splits, key: 'id', label: 'y', protected: ['sex'] };
      await client.must(client.post('/datasets/base/versions', base));
      const requests: (() => Promise<Answer>)[] = [];
      for (let i = 0; i < JOBS; i++) {
        const rows = await client.upload(wide(i));
        const train = [{ name: 'train', role: 'train', uploadId: rows }];
        const predicted = await client.upload(predictions(1, EVALUATED_ROWS, 5, i));
        const evaluation = {
          modelVersion: 'm@1',
          datasetVersion: 'base@1',
          predictions: [{ split: 'validation', uploadId: predicted }],
        };
        requests.push(
          () => client.post(`/datasets/wide${i}/versions`, { splits: train, key: 'id', label: 'c19' }),
          () => client.post('/evaluations', evaluation),
        );
      }
      const accepted = await Promise.all(requests.map((request) => request()));
      expect(accepted.map(({ status }) => status)).toEqual(requests.map(() => 202));
      let mostRunning = 0;
      let mostQueued = 0;
      for (;;) {
        const [now] = await service.rows<{ running: number; queued: number }>(
          `SELECT count(*) FILTER (WHERE state = 'running')::int AS running,
             count(*) FILTER (WHERE state = 'queued')::int AS queued FROM job`,
        );
        mostRunning = Math.max(mostRunning, now!.running);
        mostQueued = Math.max(mostQueued, now!.queued);
        if (now!.running + now!.queued === 0) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      watch.stop();
      console.error(
        `memory: seed ${SEED}, ${JOBS} pushes of ${PUSHED_ROWS} x ${COLUMNS} and ${JOBS} evaluations of ${EVALUATED_ROWS} rows on ` +
          `${SLOTS} slots: peak ${Math.round(watch.peak)} MiB ${JSON.stringify(watch.parts)} in ${watch.samples} samples, ` +
          `at most ${mostRunning} at work and ${mostQueued} waiting`,
      );
      for (const { body } of accepted) {
        const job = await client.ended(body.job.id as string);
        expect(job.state, JSON.stringify(job.error)).toBe('succeeded');
      }
      expect(mostRunning).toBeLessThanOrEqual(SLOTS);
      expect(mostRunning).toBeGreaterThan(1);
      expect(mostQueued).toBeGreaterThan(0);
      expect(watch.peak).toBeLessThan(LIMIT_MIB);
    },
  );
});

/** Numbers, and texts that differ: what compresses badly takes most memory. */
function wide(salt: number): Buffer {
  const random = seededRandom(SEED + salt);
  const names = Array.from({ length: COLUMNS - 1 }, (_, i) => `c${i + 1}`);
  const parts = [`id,${names.join(',')}\n`];
  for (let row = 0; row < PUSHED_ROWS; row++) {
    const cells = names.map((_, i) => {
      if (i === names.length - 1) return random() < 0.5 ? 'yes' : 'no';
      return i % 3 === 0
        ? random().toString(36).slice(2)
        : i % 3 === 1
          ? random().toFixed(6)
          : Math.floor(random() * 1e6);
    });
    parts.push(`${row},${cells.join(',')}\n`);
  }
  return Buffer.from(parts.join(''));
}
