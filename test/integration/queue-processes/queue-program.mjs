import { JobRunner } from '../../../dist/src/platform/queue/index.js';
import { createTestContext } from './queue-app.mjs';

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const context = await createTestContext();
const runner = context.get(JobRunner);

export default (job, token, signal) => runner.process(job, token, signal);
