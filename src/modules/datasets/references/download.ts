import { setTimeout as sleep } from 'node:timers/promises';
import {
  asRemoteFailed,
  HostRefused,
  isMetadataAddress,
  openRemote,
  pinAddress,
  RemoteFailed,
} from '../../../platform/outbound/index.js';
import { type BlobFacts, receive } from '../../../platform/storage/index.js';
import type { Fetching } from './fetching.js';
import { referenceError } from './split-reference.js';

const TRIES = 4;
const FIRST_PAUSE_MS = 500;

/** How a host is asked, and what its answers mean. */
export interface Asking {
  /** Hosts that the operator named: they may have addresses that are not public. */
  hosts: readonly string[];
  /** Where the operator names them. */
  variable: string;
  /** Of each try anew: a signature is good for minutes. */
  headers?(): Promise<Record<string, string>>;
  /** The file is wanted as it is stored, packed or not. */
  asStored?: boolean;
  /** What an answer means here; undefined: what it means of any host. */
  meant?(failed: RemoteFailed): Error | undefined;
}

/** Fetch a file, again where that may help. Throws REFERENCE_REFUSED, REFERENCE_FAILED, UPLOAD_TOO_LARGE and what answers mean. */
export async function download(
  split: string,
  url: URL,
  { hosts, variable, headers, asStored, meant }: Asking,
  { folder, maxUploadBytes, signal }: Fetching,
): Promise<BlobFacts & { path: string }> {
  const notPublic = (what: string) =>
    referenceError(
      'REFERENCE_REFUSED',
      split,
      what,
      `Upload the file, or ask the operator to allow the host (${variable}).`,
    );
  const pinned = await pinAddress(url, hosts).catch((error: unknown) => {
    if (!(error instanceof HostRefused)) throw error;
    if (error.why === 'unknown') throw failed(split, `has no address (${error.message})`);
    throw notPublic(error.message);
  });
  if (isMetadataAddress(pinned.address))
    throw notPublic('the host has an address at which clouds keep their secrets');
  for (let tried = 1; ; tried += 1) {
    try {
      const answer = await openRemote(url, pinned, { signal, headers: await headers?.(), asStored });
      return await receive(answer, folder, maxUploadBytes);
    } catch (error) {
      signal?.throwIfAborted();
      const cause = asRemoteFailed(error);
      if (!(cause instanceof RemoteFailed)) throw cause;
      const last = tried === TRIES || !cause.again;
      if (last) throw meant?.(cause) ?? failed(split, cause.message);
      await sleep(FIRST_PAUSE_MS * 2 ** (tried - 1), undefined, { signal });
    }
  }
}

const failed = (split: string, what: string) =>
  referenceError(
    'REFERENCE_FAILED',
    split,
    `the host of the reference ${what}`,
    'Look after the host, and push again.',
  );
