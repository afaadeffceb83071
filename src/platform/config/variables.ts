import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { ConfigError } from './config-error.js';

/** One environment variable: what it is for, what stands when it is not set, and how its text is read. */
export interface Variable<T> {
  name: string;
  meaning: string;
  /** As the documentation prints it. */
  default: string;
  read(text: string | undefined): T;
}

function variable<T>(
  name: string,
  meaning: string,
  fallback: { text: string; value: T },
  expected: string,
  parse: (text: string) => T | undefined,
): Variable<T> {
  return {
    name,
    meaning,
    default: fallback.text,
    read(text) {
      if (text === undefined || text === '') return fallback.value;
      const value = parse(text);
      if (value === undefined) throw new ConfigError(name, text, expected);
      return value;
    },
  };
}

const integer = (
  name: string,
  meaning: string,
  fallback: number,
  least: number,
  most: number,
): Variable<number> =>
  variable(
    name,
    meaning,
    { text: String(fallback), value: fallback },
    `an integer from ${least} to ${most}`,
    (text) => {
      const value = Number(text);
      return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
    },
  );

const url = (name: string, meaning: string, protocols: string[]): Variable<string | undefined> =>
  variable<string | undefined>(
    name,
    meaning,
    { text: '(none)', value: undefined },
    `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    (text) => (URL.canParse(text) && protocols.includes(new URL(text).protocol) ? text : undefined),
  );

/** In lower case, as a URL has them. */
function hostsOf(text: string): string[] | undefined {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  const isHost = (host: string) => /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/.test(host);
  return hosts.every(isHost) ? hosts : undefined;
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const MIB = 1024 * 1024;

/** Every environment variable that Assay reads. None is needed. */
export const VARIABLES = {
  home: variable(
    'ASSAY_HOME',
    'Folder for data, keys and the embedded PostgreSQL.',
    { text: '.assay in the clone', value: undefined as string | undefined },
    'a path',
    (text) => (text.includes('\0') ? undefined : text),
  ),
  host: variable(
    'ASSAY_HOST',
    'Address to listen on.',
    { text: '127.0.0.1', value: '127.0.0.1' },
    'a host name or address',
    (text) => (/^[A-Za-z0-9_.:-]+$/.test(text) ? text : undefined),
  ),
  port: integer('ASSAY_PORT', 'Port to listen on; 0 takes any free one.', 4650, 0, 65_535),
  databaseUrl: url(
    'DATABASE_URL',
    'A PostgreSQL (>= 14) of yours instead of the embedded one. Its role must be able to create roles, or be assay_owner with DATABASE_APP_URL set.',
    ['postgres:', 'postgresql:'],
  ),
  databaseAppUrl: url(
    'DATABASE_APP_URL',
    'The same database as assay_app, the role that serves; made by Assay when not given.',
    ['postgres:', 'postgresql:'],
  ),
  redisUrl: url('REDIS_URL', 'Moves the queue from PostgreSQL to Redis (>= 6.2).', ['redis:', 'rediss:']),
  logLevel: variable(
    'ASSAY_LOG_LEVEL',
    'Least level that is logged.',
    { text: 'info', value: 'info' },
    `one of ${LEVELS.join(', ')}`,
    (text) => (LEVELS.includes(text) ? text : undefined),
  ),
  maxUploadBytes: integer(
    'ASSAY_MAX_UPLOAD_BYTES',
    'Largest file taken.',
    4096 * MIB,
    1,
    Number.MAX_SAFE_INTEGER,
  ),
  maxBodyBytes: integer('ASSAY_MAX_BODY_BYTES', 'Largest JSON body taken.', 2 * MIB, 1024, 1024 * MIB),
  workers: integer(
    'ASSAY_WORKERS',
    'Jobs that run at once in this process, or as many as ASSAY_MEMORY_MB has room for.',
    availableParallelism(),
    0,
    256,
  ),
  memoryMb: integer(
    'ASSAY_MEMORY_MB',
    'Memory of this process and its jobs together, PostgreSQL apart; each job that runs at once gets its share.',
    3072,
    1024,
    1_048_576,
  ),
  duckMemoryMb: integer(
    'ASSAY_DUCKDB_MEMORY_MB',
    'Most memory of one DuckDB job before it spills to disk, within its share of ASSAY_MEMORY_MB.',
    1024,
    128,
    1_048_576,
  ),
  shardRows: integer(
    'ASSAY_SHARD_ROWS',
    'Most rows of a split that one job evaluates. Larger splits are dealt out to several, which as many workers take.',
    1_000_000,
    1,
    Number.MAX_SAFE_INTEGER,
  ),
  databasePool: integer('ASSAY_DATABASE_POOL', 'Database connections of one process.', 10, 2, 1000),
  modelHosts: variable(
    'ASSAY_MODEL_HOSTS',
    'Model servers that you vouch for, as host or host:port with commas between: they may have private addresses and no TLS, and what they answer counts as executed.',
    { text: '(none)', value: [] as string[] },
    'hosts, each with or without a port, and commas between them',
    hostsOf,
  ),
  dataHosts: variable(
    'ASSAY_DATA_HOSTS',
    'Hosts that data may be fetched from, as host or host:port with commas between: you vouch for them, so they may have private addresses and no TLS. * is every public host by TLS.',
    { text: '(none)', value: [] as string[] },
    'hosts, each with or without a port, or *, and commas between them',
    (text) => {
      const named = text.split(',').filter((host) => host.trim() !== '*');
      const hosts = named.length === 0 ? [] : hostsOf(named.join(','));
      return hosts && (named.length === text.split(',').length ? hosts : [...hosts, '*']);
    },
  ),
  dataFolder: variable(
    'ASSAY_DATA_FOLDER',
    'Folder whose files may be pushed by reference (file:///...), by every key that may push. Wherever jobs run.',
    { text: '(none)', value: undefined as string | undefined },
    'an absolute path',
    (text) => (isAbsolute(text) && !text.includes('\0') ? text : undefined),
  ),
  modelMemoryMb: integer(
    'ASSAY_MODEL_MEMORY_MB',
    'Most memory of a model that Assay runs, beside that of its job.',
    1024,
    256,
    1_048_576,
  ),
  modelSeconds: integer(
    'ASSAY_MODEL_SECONDS',
    'How long a model may take for one split, from its start.',
    900,
    1,
    86_400,
  ),
} as const;
