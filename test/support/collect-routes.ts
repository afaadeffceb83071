import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';

export interface FrameworkRoute {
  method: string;
  /** As the framework knows it: `/v1/projects/:project/datasets`. */
  path: string;
}

/** Fastify tells on this channel of every server that is made, before anything is registered on it. */
const CHANNEL = 'fastify.initialization';

/**
 * Run `start`, which makes one server, and answer with every route that was registered on it by whomever (controllers, GraphQL,
 * documentation, the framework's own HEAD routes), in order of path.
 */
export async function collectRoutes<T>(
  start: () => Promise<T>,
): Promise<{ made: T; routes: FrameworkRoute[] }> {
  const routes = new Map<string, FrameworkRoute>();
  let servers = 0;
  const listen = (message: unknown) => {
    servers += 1;
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) routes.set(`${each} ${url}`, { method: each, path: url });
    });
  };
  subscribe(CHANNEL, listen);
  try {
    const made = await start();
    if (servers !== 1) throw new Error(`${servers} servers were made where one was expected`);
    const inOrder = [...routes.values()].sort((a, b) =>
      `${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1,
    );
    return { made, routes: inOrder };
  } finally {
    unsubscribe(CHANNEL, listen);
  }
}
