import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence, Invariant } from './invariant.js';

export const pathOf = (home: string, digest: string) =>
  join(home, 'blobs', digest.slice(0, 2), digest.slice(2, 4), digest);

/** Files are whole, are where the rows say, and nothing is left of processes that are gone. */
export const FILES: Invariant[] = [
  {
    name: 'each blob that a row refers to is a file with its digest and its size',
    broken: async ({ rows, home }) => {
      const wanted = await rows<{ digest: string; size: string }>(
        `SELECT digest, size FROM blob_reference UNION SELECT digest, size FROM upload WHERE expires_at > now()`,
      );
      return wanted.flatMap(({ digest, size }) => {
        const path = pathOf(home, digest);
        if (!existsSync(path)) return [`blob ${digest} is missing`];
        return statSync(path).size === Number(size) ? [] : [`blob ${digest} has not ${size} bytes`];
      });
    },
  },
  {
    name: 'each file among the blobs has the digest that is its name',
    broken: async ({ home }) =>
      files(join(home, 'blobs')).flatMap((path) => {
        const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
        return path === pathOf(home, digest) ? [] : [`${path} holds ${digest}`];
      }),
  },
  { name: 'no process that is gone has left scratch files', broken: leftIn('scratch') },
  { name: 'no process that is gone has left half a file in staging', broken: leftIn('staging') },
  {
    name: 'the home holds what it should and no drafts',
    broken: async ({ home }) =>
      readdirSync(home)
        .filter((name) => !EXPECTED.has(name))
        .map((name) => `there is ${name}`),
  },
];

const EXPECTED = new Set([
  ...['blobs', 'scratch', 'staging', 'keys', 'client.json'],
  ...['postgres', 'postgres.log', 'postgres.log.initdb', 'postgres.log.pg_ctl', 'postgres-is-in'],
]);

/** At rest no job runs and nothing is received: what is there belongs to nobody. */
function leftIn(folder: string): (evidence: Evidence) => Promise<string[]> {
  return async ({ home }) => {
    const path = join(home, folder);
    return existsSync(path) ? readdirSync(path).map((name) => `${folder}/${name}`) : [];
  };
}

function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
