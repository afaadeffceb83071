import { it } from 'vitest';
import { OpenQueue } from './queue-processes/open-queue.js';
it('figures', async () => {
  for (const redis of [undefined]) {
    const queue = await OpenQueue.open(redis);
    const t0 = performance.now();
    await queue.startWorker(2);
    console.log('worker of 2 ready in', Math.round(performance.now() - t0));
    const latencies = [];
    for (let i = 0; i < 10; i++) {
      const t = performance.now();
      const { id } = await queue.request('test.add', { a: 1, b: 1 });
      await queue.wait(id);
      latencies.push(Math.round(performance.now() - t));
    }
    console.log('request to finished, ms', latencies.join(' '));
    const t = performance.now();
    const jobs = await Promise.all(Array.from({ length: 200 }, () => queue.request('test.add', { a: 1, b: 1 })));
    for (const { id } of jobs) await queue.wait(id, 60);
    console.log('200 jobs in ms', Math.round(performance.now() - t));
    await queue.close();
  }
}, 120000);
