import { endWithParent, JobRunner } from '../../../dist/src/platform/queue/index.js';
import { createTestContext } from './queue-app.mjs';

endWithParent();

const context = await createTestContext();
const runner = context.get(JobRunner);

export default (job, token, signal) => runner.process(job, token, signal);
