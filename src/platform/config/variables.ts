import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { ConfigError } from './config-error.js';
import { SecretText } from './secret-text.js';

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

/** What was found is not said. */
const secret = (name: string, meaning: string): Variable<SecretText | undefined> => ({
  name,
  meaning,
  default: '(none)',
  read(text) {
    if (text === undefined || text === '') return undefined;
    if (!/^[\x21-\x7e]{1,4096}$/.test(text))
      throw new ConfigError(name, '(secret)', 'printable ASCII without spaces');
    return new SecretText(text);
  },
});

/** Scheme, host and port. */
function originOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, href } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && href === `${origin}/` ? origin : undefined;
}

function bucketsOf(text: string): string[] | undefined {
  const buckets = text.split(',').map((bucket) => bucket.trim());
  return buckets.every((bucket) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) ? buckets : undefined;
}

export const ADDRESSINGS = ['auto', 'path', 'virtual'] as const;
export type Addressing = (typeof ADDRESSINGS)[number];

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
  dataBuckets: variable(
    'ASSAY_DATA_BUCKETS',
    'Buckets of S3 whose objects may be pushed by reference (s3://BUCKET/KEY), by every key that may push, with commas between.',
    { text: '(none)', value: [] as string[] },
    'names of buckets, and commas between them',
    bucketsOf,
  ),
  s3Endpoint: variable(
    'AWS_ENDPOINT_URL_S3',
    'Where the buckets are, if not at AWS: you vouch for it, so it may have a private address and no TLS.',
    { text: '(AWS)', value: undefined as string | undefined },
    'http:// or https://, a host and perhaps a port, and nothing behind them',
    originOf,
  ),
  s3Region: variable(
    'AWS_REGION',
    'The region of the buckets.',
    { text: 'us-east-1', value: 'us-east-1' },
    'a region, such as eu-central-1',
    (text) => (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) ? text : undefined),
  ),
  s3Addressing: variable<Addressing>(
    'ASSAY_S3_ADDRESSING',
    'Whether a bucket stands in the path or in the host name: path, virtual, or auto (path at an endpoint of yours, virtual at AWS).',
    { text: 'auto', value: 'auto' },
    `one of ${ADDRESSINGS.join(', ')}`,
    (text) => ADDRESSINGS.find((each) => each === text),
  ),
  s3AccessKeyId: secret(
    'AWS_ACCESS_KEY_ID',
    'The key that reads the buckets. Without it they are read as by anybody.',
  ),
  s3SecretAccessKey: secret('AWS_SECRET_ACCESS_KEY', 'The secret of that key.'),
  s3SessionToken: secret('AWS_SESSION_TOKEN', 'The token that goes with a key of a session.'),
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
