import type { RecordKind } from '../audit/index.js';

const PROGRESS = 'progress of the work; what comes of it is a record of its own';

export const JOB: RecordKind = {
  name: 'job',
  parts: [
    {
      table: 'job',
      key: 'id',
      except: {
        state: PROGRESS,
        progress: PROGRESS,
        message: PROGRESS,
        result: PROGRESS,
        error: PROGRESS,
        attempts: PROGRESS,
        cancel_requested: PROGRESS,
        started_at: PROGRESS,
        finished_at: PROGRESS,
        heartbeat_at: PROGRESS,
      },
    },
  ],
};
