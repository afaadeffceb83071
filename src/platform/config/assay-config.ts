import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from './config-error.js';
import type { SecretText } from './secret-text.js';
import { type Addressing, VARIABLES } from './variables.js';

/** The configuration of a process, read once at its start and never changed. */
export class AssayConfig {
  /** Absolute path of the home folder. */
  home: string;
  host: string;
  port: number;
  databaseUrl?: string;
  databaseAppUrl?: string;
  redisUrl?: string;
  logLevel: string;
  maxUploadBytes: number;
  maxBodyBytes: number;
  /** Jobs at once in this process. */
  workers: number;
  /** Of this process and its jobs together. */
  memoryMb: number;
  duckMemoryMb: number;
  shardRows: number;
  databasePool: number;
  /** Hosts of model servers that may lie inside the network, as `host` or `host:port`. */
  modelHosts: string[];
  /** Hosts that data may be fetched from, as `host` or `host:port`; `*` is every public one by TLS. */
  dataHosts: string[];
  /** Absolute path of the folder whose files may be pushed by reference. */
  dataFolder?: string;
  /** Buckets whose objects may be pushed by reference. */
  dataBuckets: string[];
  /** Scheme, host and port; undefined: AWS. */
  s3Endpoint?: string;
  s3Region: string;
  s3Addressing: Addressing;
  s3AccessKeyId?: SecretText;
  s3SecretAccessKey?: SecretText;
  s3SessionToken?: SecretText;
  modelMemoryMb: number;
  modelSeconds: number;

  /** Throws ConfigError, which names the variable, what was found and what was expected. */
  static fromEnvironment(environment: Record<string, string | undefined> = process.env): AssayConfig {
    const config = new AssayConfig();
    for (const [field, variable] of Object.entries(VARIABLES)) {
      Object.assign(config, { [field]: variable.read(environment[variable.name]) });
    }
    if (config.databaseAppUrl !== undefined && config.databaseUrl === undefined) {
      throw new ConfigError(
        'DATABASE_URL',
        '',
        'to be set where DATABASE_APP_URL is: it is the role that migrates',
      );
    }
    checkStore(config);
    config.home = usableHome(resolve(environment[VARIABLES.home.name] || join(projectRoot(), '.assay')));
    return config;
  }
}

/** Only where data may be taken from it: the variables are AWS's, and may be there for somebody else. */
function checkStore({
  dataBuckets,
  s3AccessKeyId,
  s3SecretAccessKey,
  s3Endpoint,
  s3Addressing,
}: AssayConfig): void {
  if (dataBuckets.length === 0) return;
  if ((s3AccessKeyId === undefined) !== (s3SecretAccessKey === undefined)) {
    const { name } = s3AccessKeyId ? VARIABLES.s3SecretAccessKey : VARIABLES.s3AccessKeyId;
    throw new ConfigError(
      name,
      '',
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to be set together, or neither',
    );
  }
  const { hostname } = new URL(s3Endpoint ?? 'https://s3.amazonaws.com');
  if (s3Addressing === 'virtual' && isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0)
    throw new ConfigError(
      VARIABLES.s3Addressing.name,
      s3Addressing,
      'path: AWS_ENDPOINT_URL_S3 has no name for a bucket to stand before',
    );
}

/** PostgreSQL's programs keep paths in buffers of 1,024 bytes, and hand them to a shell in double quotes. */
const LONGEST_HOME = 800;

function usableHome(home: string): string {
  if (Buffer.byteLength(home) > LONGEST_HOME) {
    const { name } = VARIABLES.home;
    throw new ConfigError(name, `${home.slice(0, 60)}...`, `a path of at most ${LONGEST_HOME} bytes`);
  }
  if (/["$`\\\n\r]/.test(home))
    throw new ConfigError(VARIABLES.home.name, home, 'a path without ", $, `, \\ and line breaks');
  return home;
}

/** The folder of package.json, whether this runs from source or from dist. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json is not above the code: the installation is broken');
    folder = parent;
  }
  return folder;
}
