// Forks BullMQ's child as a worker does, gives it one job, and says its process id: for tests that kill this process in the middle.
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const bullmq = dirname(createRequire(import.meta.url).resolve('bullmq'));
const child = fork(join(bullmq, 'classes', 'main.js'), []);
const [INIT, START] = [0, 1];
child.on('message', () => {
  child.send({ cmd: START, job: { id: '1', name: 'deaf', data: '{}', opts: {} } });
  process.send({ child: child.pid });
});
child.send({ cmd: INIT, value: new URL('./deaf-program.mjs', import.meta.url).href });
