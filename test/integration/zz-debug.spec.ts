import { setTimeout as sleep } from 'node:timers/promises';
import { it } from 'vitest';
import { OpenQueue } from './queue-processes/open-queue.js';
it('debug', async () => {
  const queue = await OpenQueue.open();
  const t0 = performance.now();
  const say = (...a: unknown[]) => console.log(Math.round(performance.now() - t0), ...a);
  const a = await queue.startWorker(2);
  say('A', a.pid);
  const b = await queue.startWorker(1);
  say('B', b.pid);
  const jobs = await Promise.all([1, 2, 3].map(() => queue.request('test.add', { a: 1, b: 1, takes: 5_000 })));
  for (let i = 0; i < 40; i++) {
    if (i === 2) { b.kill('SIGKILL'); say('killed B'); }
    await sleep(700);
    const rows = await queue.database.admin.query('SELECT state, attempts, progress FROM job ORDER BY id');
    const q = await queue.database.admin.query(`SELECT id, state FROM queue.job`).catch((e) => ({ rows: [e.message] }));
    say(rows.rows.map((r) => `${r.state}/${r.attempts}/${r.progress.toFixed(2)}`).join(' '), JSON.stringify(q.rows.map((r) => r.state ?? r)), (await Promise.all(jobs.map((j) => queue.runs(j.id)))).join('|'));
  }
  await queue.close();
}, 120000);
