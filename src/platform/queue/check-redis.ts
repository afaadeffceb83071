import { Redis } from 'ioredis';

const OLDEST = [6, 2] as const;
const PATIENCE_MS = 5_000;

/**
 * Ask the Redis of REDIS_URL, before anything is served, whether it can hold the queue. Throws a sentence that names the
 * variable, what was found and what to do; the password is not in it.
 */
export async function checkRedis(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const place = `${hostname}:${port || 6379}`;
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
  });
  // Why a connection was closed is told here; the call under way only learns that it was.
  let cause: Error | undefined;
  redis.on('error', (error: Error) => (cause = error));
  try {
    await redis.connect();
    refuseUnfit(place, facts(await redis.info()));
  } catch (error) {
    if (error instanceof UnfitRedis) throw error;
    throw new UnfitRedis(unreachable(place, cause ?? (error as Error)));
  } finally {
    redis.disconnect();
  }
}

class UnfitRedis extends Error {}

function refuseUnfit(place: string, info: Map<string, string>): void {
  const version = info.get('redis_version') ?? 'of unknown version';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (!(major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]))) {
    throw new UnfitRedis(
      `REDIS_URL: Redis at ${place} is ${version}; expected ${OLDEST.join('.')} or newer.`,
    );
  }
  const policy = info.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw new UnfitRedis(
      `REDIS_URL: Redis at ${place} evicts keys when its memory is full (maxmemory-policy ${policy}); expected noeviction, ` +
        'as a queue must lose nothing. Set maxmemory-policy noeviction in its configuration.',
    );
  }
  if (info.get('role') === 'slave') {
    throw new UnfitRedis(
      `REDIS_URL: Redis at ${place} is a replica, which takes no writes; expected the primary.`,
    );
  }
}

function unreachable(place: string, error: Error): string {
  const { code } = error as { code?: string };
  if (/NOAUTH|WRONGPASS|invalid password|invalid username/i.test(error.message)) {
    return `REDIS_URL: Redis at ${place} refuses the password (or user name) of REDIS_URL. Correct it.`;
  }
  const why = code ?? error.message.split('\n', 1)[0]?.slice(0, 120);
  return `REDIS_URL: no Redis answers at ${place} (${why}). Start it there, correct REDIS_URL, or unset it to keep the queue in PostgreSQL.`;
}

/** `key:value` lines under `# Section` lines. */
function facts(info: string): Map<string, string> {
  return new Map(
    info
      .split(/\r?\n/)
      .filter((line) => line.includes(':') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}
