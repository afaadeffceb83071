import type { TestProject } from 'vitest/node';
import { hasRedis, RedisServer } from './redis-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the suite `redis`: every server that a test starts keeps its queue there. */
    redisUrl: string | undefined;
  }
}

/** One Redis for all files of the suite `redis`. Their servers share it as installations may: each on a database of its own. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!hasRedis()) return undefined;
  const server = await RedisServer.start();
  project.provide('redisUrl', server.url);
  return () => server.stop();
}
