import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { SecretText } from '../config/index.js';

/** Where buckets are and how they are asked. */
export interface ObjectStore {
  /** Scheme, host and port; undefined: AWS. */
  endpoint?: string;
  region: string;
  /** Where the bucket stands; auto: in the path at an endpoint that is given, in the host name at AWS. */
  addressing: 'auto' | 'path' | 'virtual';
  /** Undefined: asked as by anybody. */
  credentials?: { accessKeyId: SecretText; secretAccessKey: SecretText; sessionToken?: SecretText };
}

const OF_NOTHING = createHash('sha256').digest('hex');

/** The URL of an object. Every character of the key is itself: none is read as part of a URL. `.` and `..` may be no segment of it. */
export function objectUrl({ endpoint, region, addressing }: ObjectStore, bucket: string, key: string): URL {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const { protocol, host } = new URL(endpoint ?? `https://s3.${region}.${domain}`);
  // A certificate of *.s3.REGION.amazonaws.com holds for no name with one more dot.
  const isPath =
    addressing === 'auto' ? endpoint !== undefined || bucket.includes('.') : addressing === 'path';
  const path = key.split('/').map(encoded).join('/');
  return new URL(
    isPath ? `${protocol}//${host}/${bucket}/${path}` : `${protocol}//${bucket}.${host}/${path}`,
  );
}

/** As Amazon's UriEncode: encodeURIComponent leaves more as it is. */
const encoded = (segment: string): string =>
  encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Headers that sign a GET of `url` by Signature Version 4, good for some minutes of `now`; none where the store has no credentials. */
export async function signedGet(
  url: URL,
  { credentials, region }: ObjectStore,
  now: Date,
): Promise<Record<string, string>> {
  if (!credentials) return {};
  const { headers } = await new AwsV4Signer({
    method: 'GET',
    url: url.href,
    headers: { 'x-amz-content-sha256': OF_NOTHING },
    accessKeyId: credentials.accessKeyId.reveal(),
    secretAccessKey: credentials.secretAccessKey.reveal(),
    sessionToken: credentials.sessionToken?.reveal(),
    service: 's3',
    region,
    datetime: now.toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
  }).sign();
  return Object.fromEntries(headers);
}
