import { AsyncLocalStorage } from 'node:async_hooks';
import type { Permission } from '../auth/roles.js';

/** Who acts. A job acts as whoever asked for it. */
export interface Actor {
  kind: 'key' | 'system';
  /** API key id, or the name of the part of Assay that acts. */
  id: string;
  name: string;
  permissions: ReadonlySet<Permission>;
}

/** What one call knows about itself: set once at the edge (HTTP hook, job runner), read anywhere below. */
export interface RequestContext {
  requestId: string;
  projectId: string;
  projectName: string;
  actor: Actor;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of this call. Throws outside one: nothing runs for an unknown project. */
export function currentContext(): RequestContext {
  const context = storage.getStore();
  if (!context) throw new Error('no request context: wrap this work in runInContext()');
  return context;
}

export function findContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Whether the caller holds a permission. */
export function may(permission: Permission): boolean {
  return currentContext().actor.permissions.has(permission);
}
