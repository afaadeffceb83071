// A worker in a process of its own, for tests that kill it. Says `ready` on its channel; stops in good order on `stop`.
import { JobWorker } from '../../../dist/src/platform/queue/index.js';
import { createTestContext } from './queue-app.mjs';

const context = await createTestContext();
await context.init();
await context.get(JobWorker).ready();
process.on('message', async (message) => {
  if (message !== 'stop') return;
  await context.close();
  process.disconnect();
});
process.send('ready');
