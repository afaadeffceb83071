import { EventEmitter } from 'node:events';
import pg from 'pg';

/**
 * A connection that breaks says so by an `error`, and Node ends a process in which nobody listens for it. There are moments in
 * which nobody does: pg-pool stops as it hands a connection out, and TypeORM and BullMQ begin some turns of the event loop
 * later, so that a connection cut just as it became ready ended the server. Unheard, the error loses nothing: every statement
 * on such a connection rejects, and the pool does not keep it.
 */
pg.Client.prototype.emit = function emit(this: pg.Client, event: string | symbol, ...values: unknown[]) {
  if (event === 'error' && this.listenerCount('error') === 0) return false;
  return EventEmitter.prototype.emit.call(this, event, ...values);
};
