import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { currentContext } from '../context/index.js';
import { UnitOfWork } from '../database/index.js';

/** The topic that asks for a job to be sent to the queue. */
export const JOB_REQUESTED = 'job.requested';

/** What is stored of an event. */
export interface Envelope {
  data: object;
  requestId: string;
  projectName: string;
}

/** What is to be sent, stored in the transaction of what happened: both or neither. */
@Injectable()
export class Outbox {
  /** Emits `published` after each commit that published something. */
  readonly events = new EventEmitter();

  constructor(private readonly units: UnitOfWork) {}

  /** Tell whoever subscribed to `topic`, once this unit has committed. Inside UnitOfWork.run. */
  async publish(topic: string, payload: object): Promise<void> {
    const { projectId, projectName, requestId } = currentContext();
    const transaction = this.units.current();
    const envelope: Envelope = { data: payload, requestId, projectName };
    await transaction.execute('INSERT INTO outbox (project_id, topic, payload) VALUES ($1, $2, $3)', [
      projectId,
      topic,
      JSON.stringify(envelope),
    ]);
    transaction.afterCommit.push(() => this.events.emit('published'));
  }
}
