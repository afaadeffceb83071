import pg from 'pg';
import { findContext } from '../../src/platform/context/index.js';

const BOUNDARY = /^\s*(BEGIN|COMMIT|ROLLBACK|SET)\b/i;
// The sequencer of the audit log is set off by requests, and then runs beside them.
const SEQUENCER =
  /pg_try_advisory_xact_lock|audit_next_leaves|audit_integrate|audit_checkpoint|audit_entry|audit_node/;

/**
 * The SQL statements that requests of clients cost while `work` runs, beside those that open and close transactions. What
 * runs in the background does not count. One piece of work at a time.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const prototype = pg.Client.prototype;
  const original = Object.getOwnPropertyDescriptor(prototype, 'query');
  const send = prototype.query as (this: pg.Client, ...parameters: unknown[]) => unknown;
  prototype.query = function (this: pg.Client, ...parameters: unknown[]) {
    const [first] = parameters as [string | { text?: string }];
    const text = typeof first === 'string' ? first : (first.text ?? '');
    const counts = findContext()?.actor.kind === 'key' && !BOUNDARY.test(text) && !SEQUENCER.test(text);
    if (counts) statements.push(text);
    return send.apply(this, parameters);
  } as typeof prototype.query;
  try {
    await work();
  } finally {
    if (original) Object.defineProperty(prototype, 'query', original);
  }
  return statements;
}
