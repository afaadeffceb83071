import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * The server's side of S3 as far as a GET goes, by node:crypto and Amazon's text alone ("Signature Calculations for the Authorization
 * Header: Transferring Payload in a Single Chunk"); s3-request.spec holds it to the examples there.
 */

export interface Signed {
  /** Path and query as they stand in the request line. */
  target: string;
  headers: Readonly<Record<string, string | undefined>>;
  /** Names of signed headers, as the Authorization header lists them. */
  signed: readonly string[];
  /** DATE/REGION/SERVICE/aws4_request. */
  scope: string;
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** The signature of a GET, lowercase hex. */
export function signatureOf({ target, headers, signed, scope }: Signed, secret: string): string {
  const [path = '', query = ''] = target.split('?');
  const parameters = query === '' ? [] : query.split('&').map((each) => each.split('='));
  const canonical = [
    'GET',
    uriEncoded(path, true),
    parameters
      .map(([name = '', value = '']) => `${uriEncoded(name, false)}=${uriEncoded(value, false)}`)
      .sort()
      .join('&'),
    ...signed.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
    '',
    signed.join(';'),
    headers['x-amz-content-sha256'] ?? '',
  ].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, digest].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((from, part) => hmac(from, part), `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

/** Of the bytes that an encoded text stands for: unreserved ones as they are, all others as %XX. */
function uriEncoded(text: string, isPath: boolean): string {
  const bytes = text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return [...Buffer.from(bytes, 'latin1')]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      if (/[A-Za-z0-9\-._~]/.test(char) || (isPath && char === '/')) return char;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

export interface Store {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** By BUCKET/KEY. */
  objects: Record<string, string | Buffer>;
  /** Answers in place of what follows the check of the signature; false: does not. */
  instead?(target: string, response: ServerResponse): boolean;
}

const MINUTES_15 = 15 * 60 * 1000;

/** Why a request is refused; undefined where its signature holds. */
function refusal(
  { url = '', headers }: IncomingMessage,
  store: Store,
): [status: number, code: string] | undefined {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, accessKeyId, scope = '', names = '', signature] = form.exec(headers.authorization ?? '') ?? [];
  if (accessKeyId === undefined) return [403, 'AccessDenied'];
  const at = String(headers['x-amz-date']).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5');
  if (!(Math.abs(Date.parse(at) - Date.now()) < MINUTES_15)) return [403, 'RequestTimeTooSkewed'];
  const [day, region, service, end] = scope.split('/');
  if (region !== store.region || service !== 's3' || end !== 'aws4_request')
    return [400, 'AuthorizationHeaderMalformed'];
  if (day !== at.slice(0, 10).replaceAll('-', '')) return [400, 'AuthorizationHeaderMalformed'];
  const signed = names.split(';');
  const needed = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  if (needed.some((name) => !signed.includes(name))) return [403, 'AccessDenied'];
  if (accessKeyId !== store.accessKeyId || headers['x-amz-security-token'] !== store.sessionToken)
    return [403, 'InvalidAccessKeyId'];
  const given = { target: url, headers: headers as Record<string, string>, signed, scope };
  return signatureOf(given, store.secretAccessKey) === signature ? undefined : [403, 'SignatureDoesNotMatch'];
}

/** Serves a store on a free port of 127.0.0.1. Buckets stand in the path, or before the first dot of the host. */
export async function serveStore(store: Store) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    asked.push(`${headers.host}${url}`);
    const say = (status: number, code: string) => response.writeHead(status).end(`<Code>${code}</Code>`);
    const wrong = refusal(request, store);
    if (wrong) return say(...wrong);
    if (store.instead?.(url, response)) return;
    const path = decodeURIComponent(url).slice(1);
    const found = store.objects[path] ?? store.objects[`${headers.host!.split('.')[0]}/${path}`];
    return found === undefined ? say(404, 'NoSuchKey') : response.end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { endpoint: `http://127.0.0.1:${port}`, port, asked, stop };
}
