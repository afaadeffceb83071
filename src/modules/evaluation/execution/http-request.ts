import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError } from '../../../platform/errors/index.js';
import { isUntrusted, lookupPinned, type PinnedAddress } from '../../../platform/outbound/index.js';
import { type ModelCode, modelError, wordsOf } from './execution.errors.js';

const MOST_BYTES = 64 * 1024 * 1024;
const TRIES = 4;
const FIRST_PAUSE_MS = 200;
/** A server that says one of these was not asked wrongly and may answer next time. */
const AGAIN = new Set([429, 502, 503, 504]);

const failed = (what: string, code: ModelCode = 'MODEL_ENDPOINT_FAILED') =>
  modelError(code, `the model's endpoint ${what}`, 'Look after the model server, and ask again.');

const untrusted = (error: unknown) =>
  modelError(
    'MODEL_ENDPOINT_UNTRUSTED',
    `the certificate of the model's endpoint is not trusted: ${wordsOf(error)}`,
    'Serve it with a certificate for this host that is in date; where an authority of your own signed it, start Assay with NODE_EXTRA_CA_CERTS=FILE, the authority in PEM.',
  );

/** JSON requests to one address. Nothing that it answers but a status is ever repeated in an error. */
export class ModelClient {
  private readonly agent: HttpAgent | HttpsAgent;

  constructor(
    private readonly url: URL,
    private readonly pinned: PinnedAddress,
    private readonly timeoutSeconds: number,
    concurrency: number,
  ) {
    const Agent = url.protocol === 'https:' ? HttpsAgent : HttpAgent;
    this.agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  }

  /**
   * GET without a body, else POST, to a path below the model's. Tries again after connection errors and 429, 502, 503, 504, up to four
   * times in all. Throws MODEL_ENDPOINT_UNTRUSTED, MODEL_ENDPOINT_FAILED, MODEL_TIMED_OUT, MODEL_ANSWER_MALFORMED.
   */
  async json(path: string, body?: object): Promise<unknown> {
    for (let tried = 1; ; tried += 1) {
      const { status, text } = await this.once(path, body).catch((error: unknown) => {
        if (error instanceof AssayError) throw error;
        if (isUntrusted(error)) throw untrusted(error);
        if (tried === TRIES) throw failed(`cannot be reached: ${wordsOf(error)}`);
        return { status: 0, text: '' };
      });
      if (status === 200) return parse(text);
      if (status >= 300 && status < 400) throw failed(`answered ${status}, and no redirect is followed`);
      if (status !== 0 && (!AGAIN.has(status) || tried === TRIES))
        throw failed(`answered ${status}${tried > 1 ? ` to the last of ${tried} tries` : ''}`);
      await sleep(FIRST_PAUSE_MS * 2 ** (tried - 1));
    }
  }

  private once(path: string, body?: object): Promise<{ status: number; text: string }> {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const send = this.url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      // The first to settle says why: what is destroyed may say so in place of it, or say nothing.
      const give = (error: Error) => {
        reject(error);
        request.destroy();
      };
      // Of the whole exchange: a server that sends a byte now and then is as good as one that hangs.
      const timer = setTimeout(
        () => give(failed(`did not answer within ${this.timeoutSeconds} seconds`, 'MODEL_TIMED_OUT')),
        this.timeoutSeconds * 1000,
      );
      const request = send(
        new URL(this.url.href.replace(/\/?$/, path)),
        {
          method: payload ? 'POST' : 'GET',
          agent: this.agent,
          lookup: lookupPinned(this.pinned),
          headers: {
            accept: 'application/json',
            ...(payload ? { 'content-type': 'application/json', 'content-length': payload.length } : {}),
          },
        },
        (response) => collect(response).then(resolve, give),
      );
      request.on('error', reject);
      request.on('close', () => clearTimeout(timer));
      request.end(payload);
    });
  }
}

async function collect(response: IncomingMessage): Promise<{ status: number; text: string }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw failed(`answered more than ${MOST_BYTES} bytes`, 'MODEL_ANSWER_MALFORMED');
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw failed('answered what is no JSON', 'MODEL_ANSWER_MALFORMED');
  }
}
