import { describeJobs } from './queue-processes/job-behaviour.js';
import { OpenQueue } from './queue-processes/open-queue.js';

describeJobs('PostgreSQL', () => OpenQueue.open());
