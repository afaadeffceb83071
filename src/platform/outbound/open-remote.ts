import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isUntrusted, lookupPinned, type PinnedAddress, wordsOf } from './pin-address.js';

/** What has to come within each window, the answer itself within the first: as slow as an upload may be. */
export interface Pace {
  windowMs: number;
  bytes: number;
}
const PACE: Pace = { windowMs: 20_000, bytes: 20 * 1024 };

/** Why a file did not come; `again` where another try may get it. */
export class RemoteFailed extends Error {
  constructor(
    message: string,
    readonly again: boolean,
    /** What the server answered; undefined where it did not get to that. */
    readonly status?: number,
  ) {
    super(message);
  }
}

/** A server that says one of these was not asked wrongly and may answer next time. */
const AGAIN = new Set([429, 502, 503, 504]);

/**
 * GET of a file from one address: the stream of its bytes, which fails where they come too slowly or `signal` is aborted. No redirect
 * is followed and no encoding taken, but where it is `asStored`: what is stored is packed, and wanted so. Throws RemoteFailed; what the stream throws, `asRemoteFailed` makes one.
 */
export function openRemote(
  url: URL,
  pinned: PinnedAddress,
  {
    signal,
    pace = PACE,
    headers = {},
    asStored = false,
  }: { signal?: AbortSignal; pace?: Pace; headers?: Record<string, string>; asStored?: boolean },
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    const request = send(
      url,
      {
        lookup: lookupPinned(pinned),
        signal,
        // A connection of its own, which ends with the file.
        agent: false,
        headers: { accept: '*/*', 'accept-encoding': 'identity', ...headers },
      },
      (response) => {
        answer = response;
        const refusal = refusalOf(response, asStored);
        if (!refusal) return resolve(response);
        reject(refusal);
        request.destroy();
      },
    );
    let seen = 0;
    const timer = setInterval(() => {
      const bytes = request.socket?.bytesRead ?? 0;
      // What waits here to be written waits for us, not for the server.
      const isSlow = bytes - seen < pace.bytes && (answer?.readableLength ?? 0) === 0;
      seen = bytes;
      if (!isSlow) return;
      const slow = new RemoteFailed(
        `sent less than ${pace.bytes} bytes within ${pace.windowMs / 1000} seconds`,
        false,
      );
      reject(slow);
      answer?.destroy(slow);
      request.destroy(slow);
    }, pace.windowMs);
    timer.unref();
    request.on('error', (error) => reject(asRemoteFailed(error)));
    request.on('close', () => clearInterval(timer));
    request.end();
  });
}

/** What a request or its stream threw, in these words; other errors, such as that of an aborted signal, as they are. */
export function asRemoteFailed(error: unknown): unknown {
  if (error instanceof RemoteFailed || (error as Error | null)?.name === 'AbortError') return error;
  if (isUntrusted(error))
    return new RemoteFailed(`has a certificate that is not trusted: ${wordsOf(error)}`, false);
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const isNetwork = code === 'ECONNRESET' || code === 'EPIPE' || code?.startsWith('HPE_') === true;
  if (isNetwork || ['connect', 'read', 'getaddrinfo'].includes(syscall ?? ''))
    return new RemoteFailed(`cannot be reached, or the connection broke: ${wordsOf(error)}`, true);
  return error;
}

function refusalOf(
  { statusCode = 0, headers }: IncomingMessage,
  asStored: boolean,
): RemoteFailed | undefined {
  if (statusCode >= 300 && statusCode < 400)
    return new RemoteFailed(`answered ${statusCode}, and no redirect is followed`, false, statusCode);
  if (statusCode !== 200)
    return new RemoteFailed(`answered ${statusCode}`, AGAIN.has(statusCode), statusCode);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!asStored && encoding.trim().toLowerCase() !== 'identity')
    return new RemoteFailed('sent the file in an encoding that was not asked for', false);
  return undefined;
}
