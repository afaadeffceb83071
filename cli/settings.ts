import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { usageError } from './problem.js';

/** Where the server is and who asks. */
export interface Settings {
  url: string;
  apiKey: string;
  project: string;
}

export interface SettingsSource {
  flags: Partial<Settings>;
  env: NodeJS.ProcessEnv;
  cwd: string;
}

export const DEFAULT_URL = 'http://127.0.0.1:4650';

/**
 * Flags over environment (`ASSAY_URL`, `ASSAY_API_KEY`, `ASSAY_PROJECT`) over the nearest `.assay.yaml` upwards; what is
 * left comes from `client.json`, which a server on this machine writes into its home.
 *
 * The key of `client.json` is for its own address only: it is never sent to another.
 */
export function resolveSettings(source: SettingsSource): Settings {
  const file = readSettingsFile(source.cwd);
  const given: Partial<Settings> = {
    url: source.flags.url ?? nonEmpty(source.env.ASSAY_URL) ?? file.url,
    apiKey: source.flags.apiKey ?? nonEmpty(source.env.ASSAY_API_KEY) ?? file.apiKey,
    project: source.flags.project ?? nonEmpty(source.env.ASSAY_PROJECT) ?? file.project,
  };
  const local = readClientFile(findHome(source.env, source.cwd));
  const url = checkUrl(given.url ?? local?.url ?? DEFAULT_URL);
  const own = local && sameOrigin(url, local.url) ? local : undefined;
  const apiKey = given.apiKey ?? own?.apiKey;
  if (!apiKey) {
    throw usageError(
      `No API key for ${url}.`,
      'Set ASSAY_API_KEY, or start a server here with `npm start`: it leaves a key for this machine.',
    );
  }
  return { url, apiKey, project: given.project ?? own?.project ?? 'default' };
}

/** `ASSAY_HOME`, else the nearest `.assay` folder from `cwd` upwards, else the package's own. */
export function findHome(env: NodeJS.ProcessEnv, cwd: string): string {
  const named = nonEmpty(env.ASSAY_HOME);
  if (named) return resolve(cwd, named);
  const near = nearest(cwd, join('.assay', 'client.json'));
  return near ? dirname(near) : join(packageRoot(), '.assay');
}

/** The folder of Assay's package.json, from `cli/` and from `dist/cli/` alike. */
export function packageRoot(): string {
  const near = nearest(dirname(fileURLToPath(import.meta.url)), 'package.json');
  return near ? dirname(near) : process.cwd();
}

/** What a server on this machine left for its clients, or undefined. */
export function readClientFile(home: string): Settings | undefined {
  const path = join(home, 'client.json');
  if (!existsSync(path)) return undefined;
  let content: Partial<Settings>;
  try {
    content = JSON.parse(readFileSync(path, 'utf8')) as Partial<Settings>;
  } catch {
    return undefined;
  }
  return content.url && content.apiKey
    ? { url: content.url, apiKey: content.apiKey, project: content.project ?? 'default' }
    : undefined;
}

function readSettingsFile(cwd: string): Partial<Settings> {
  const path = nearest(cwd, '.assay.yaml');
  if (!path) return {};
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    throw usageError(`${path} is not valid YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  const known = ['url', 'apiKey', 'project'];
  const settings: Partial<Settings> = {};
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw usageError(`${path} must hold a mapping with ${known.join(', ')}.`);
  }
  for (const [name, value] of Object.entries(content)) {
    if (!known.includes(name))
      throw usageError(`${path}: unknown setting "${name}", expected ${known.join(', ')}.`);
    if (typeof value !== 'string') throw usageError(`${path}: ${name} must be text.`);
    settings[name as keyof Settings] = value;
  }
  return settings;
}

function checkUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw usageError(`"${url}" is not an address of a server.`, 'Give http://HOST:PORT or https://HOST.');
  }
  return url.replace(/\/+$/, '');
}

function sameOrigin(a: string, b: string): boolean {
  return URL.canParse(b) && new URL(a).origin === new URL(b).origin;
}

function nearest(from: string, name: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return join(folder, name);
    if (dirname(folder) === folder) return undefined;
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}
