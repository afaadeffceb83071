import { constants } from 'node:fs';
import { open, realpath, rm, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  asRemoteFailed,
  HostRefused,
  isMetadataAddress,
  openRemote,
  pinAddress,
  RemoteFailed,
} from '../../../platform/outbound/index.js';
import { receive, safeFilename } from '../../../platform/storage/index.js';
import { checkedReference, type DataPlaces, referenceError, type SplitReference } from './split-reference.js';

const TRIES = 4;
const FIRST_PAUSE_MS = 500;

/** The file of a split as ingest reads it: an upload, or what a reference led to. */
export interface SplitSource {
  /** The upload; null for a reference. */
  id: string | null;
  /** SHA-256, lowercase hex. */
  digest: string;
  /** Bytes. */
  size: number;
  filename: string;
  /** Where it came from and where it lies now, in the folder of the job. */
  fetched?: { url: string; path: string };
}

export interface Fetching extends DataPlaces {
  maxUploadBytes: number;
  /** Private to the job: what is fetched lies there and goes with it. */
  folder: string;
  signal?: AbortSignal;
}

/**
 * Fetch what a reference leads to and hold it to its digest. Nothing of what a host answers but a status stands in an error, nor what
 * digest was found. Throws REFERENCE_REFUSED, REFERENCE_NOT_FOUND, REFERENCE_FAILED, REFERENCE_DIGEST_DIFFERS, UPLOAD_TOO_LARGE.
 */
export async function fetchReference(
  split: string,
  reference: SplitReference,
  fetching: Fetching,
): Promise<SplitSource> {
  // Once more: the places that are allowed may be others than when the push was accepted.
  const { sha256 } = checkedReference(split, reference.url, reference.sha256, fetching);
  const url = new URL(reference.url);
  const { path, digest, size } = await (url.protocol === 'file:'
    ? copyFile(split, url, fetching)
    : download(split, url, fetching));
  if (digest !== sha256) {
    await rm(path, { force: true });
    throw referenceError(
      'REFERENCE_DIGEST_DIFFERS',
      split,
      'what the reference leads to has another SHA-256 than the push says',
      'See whether the file was changed, and push it with the digest that it has now (sha256sum FILE).',
    );
  }
  const filename = safeFilename(decoded(url.pathname));
  return { id: null, digest, size, filename, fetched: { url: reference.url, path } };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const failed = (split: string, what: string) =>
  referenceError(
    'REFERENCE_FAILED',
    split,
    `the host of the reference ${what}`,
    'Look after the host, and push again.',
  );

async function download(split: string, url: URL, { dataHosts, folder, maxUploadBytes, signal }: Fetching) {
  const pinned = await pinAddress(url, dataHosts).catch((error: unknown) => {
    if (!(error instanceof HostRefused)) throw error;
    if (error.why === 'unknown') throw failed(split, `has no address (${error.message})`);
    throw notPublic(split, error.message);
  });
  if (isMetadataAddress(pinned.address))
    throw notPublic(split, 'the host has an address at which clouds keep their secrets');
  for (let tried = 1; ; tried += 1) {
    try {
      const answer = await openRemote(url, pinned, { signal });
      return await receive(answer, folder, maxUploadBytes);
    } catch (error) {
      signal?.throwIfAborted();
      const cause = asRemoteFailed(error);
      if (!(cause instanceof RemoteFailed)) throw cause;
      if (!cause.again || tried === TRIES) throw failed(split, cause.message);
      await sleep(FIRST_PAUSE_MS * 2 ** (tried - 1), undefined, { signal });
    }
  }
}

const notPublic = (split: string, what: string) =>
  referenceError(
    'REFERENCE_REFUSED',
    split,
    what,
    'Upload the file, or ask the operator to allow the host (ASSAY_DATA_HOSTS).',
  );

async function copyFile(split: string, url: URL, { dataFolder, folder, maxUploadBytes }: Fetching) {
  const source = await openInside(dataFolder!, url);
  // Outside, missing, a folder and not to be read are one answer: it tells nobody what there is.
  if (!source)
    throw referenceError(
      'REFERENCE_NOT_FOUND',
      split,
      'the reference leads to no file below the folder that the operator allows',
      'Name a file below ASSAY_DATA_FOLDER by its whole path, as the machine has it that runs jobs.',
    );
  return receive(source, folder, maxUploadBytes);
}

/** A regular file that lies below `folder`, wherever links lead: held to that once it is open, so that none can change in between. */
async function openInside(folder: string, url: URL): Promise<Readable | undefined> {
  try {
    const root = await realpath(folder);
    const path = await realpath(fileURLToPath(url));
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
    // A pipe would be waited for; what is a link by now is none of ours.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const [opened, named] = [await handle.stat(), await stat(path)];
    const isSame = opened.ino === named.ino && opened.dev === named.dev && (await realpath(path)) === path;
    if (opened.isFile() && isSame) return handle.createReadStream();
    await handle.close();
    return undefined;
  } catch (error) {
    if (REFUSALS.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

const REFUSALS = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'EACCES',
  'EPERM',
  'ENAMETOOLONG',
  'ENXIO',
  'EISDIR',
  'ERR_INVALID_ARG_VALUE',
  'ERR_INVALID_FILE_URL_PATH',
  'ERR_INVALID_URL',
]);
