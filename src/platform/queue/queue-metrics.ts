import { Injectable, Optional } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { Metrics } from '../telemetry/metrics.service.js';

/** How much work waits, over all projects: what an operator adds workers by. Counted when Prometheus asks. */
@Injectable()
export class QueueMetrics {
  constructor(database: DataSource, @Optional() metrics?: Metrics) {
    if (!metrics) return;
    new Gauge({
      name: 'assay_work_unfinished',
      help: 'Accepted and not finished: jobs that are queued or running, outbox rows that are not sent.',
      labelNames: ['state'],
      registers: [metrics.registry],
      async collect() {
        const [counts] = await database.query<Record<string, string>[]>('SELECT * FROM queue_counts()');
        for (const [state, count] of Object.entries(counts ?? {})) this.set({ state }, Number(count));
      },
    });
  }
}
