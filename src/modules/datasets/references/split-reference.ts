import { isIP } from 'node:net';
import { InvalidInputError } from '../../../platform/errors/index.js';
import {
  bareHost,
  isMetadataAddress,
  isNamedHost,
  isPublicAddress,
} from '../../../platform/outbound/index.js';
import { objectNamed } from './object-name.js';

/** Data that a push names instead of sending them. */
export interface SplitReference {
  /** `https:`, `http:`, `file:` or `s3:`, without credentials, query and fragment: it is stored and shown. */
  url: string;
  /** SHA-256 of the file, lowercase hex. */
  sha256: string;
}

/** Where an operator lets data be taken from. */
export interface DataPlaces {
  /** As `host` or `host:port`; `*` is every public one by TLS. */
  dataHosts: readonly string[];
  /** Absolute path; undefined where no file may be named. */
  dataFolder?: string;
  /** Buckets of the store of objects; none where they are left out. */
  dataBuckets?: readonly string[];
}

export const NO_PLACES: DataPlaces = { dataHosts: [] };

type ReferenceCode =
  | 'REFERENCE_INVALID'
  | 'REFERENCE_REFUSED'
  | 'REFERENCE_NOT_FOUND'
  | 'REFERENCE_FAILED'
  | 'REFERENCE_DIGEST_DIFFERS';

export const referenceError = (code: ReferenceCode, split: string, what: string, remedy: string) =>
  new InvalidInputError(code, `split ${split}: ${what}`, { remedy });

const FORM =
  'Send reference: https://HOST/PATH, s3://BUCKET/KEY or file:///PATH, and sha256: the digest of the file (sha256sum FILE), or upload the file.';
const OPERATOR =
  'Upload the file, or ask the operator to allow the place (ASSAY_DATA_HOSTS, ASSAY_DATA_BUCKETS, ASSAY_DATA_FOLDER).';

/**
 * What can be said of a reference without a network or a disk: form, no secrets, a place that the operator allows. Throws
 * REFERENCE_INVALID, REFERENCE_REFUSED.
 */
export function checkedReference(
  split: string,
  text: string,
  sha256: string | null,
  places: DataPlaces,
): SplitReference {
  const invalid = (what: string) => referenceError('REFERENCE_INVALID', split, what, FORM);
  const refused = (what: string) => referenceError('REFERENCE_REFUSED', split, what, OPERATOR);
  const digest = sha256?.toLowerCase() ?? '';
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw invalid(
      sha256 === null
        ? 'the reference comes without sha256'
        : 'sha256 is no digest; expected 64 hexadecimal digits',
    );
  if (/[?#]/.test(text))
    throw invalid('the reference has a query or a fragment, which may hold secrets, and is stored and shown');
  if (/^s3:/i.test(text)) {
    const named = objectNamed(text);
    if (typeof named === 'string') throw invalid(named);
    const { bucket, key } = named;
    if (!places.dataBuckets?.includes(bucket))
      throw refused(`data may not be read from the bucket ${bucket}`);
    return { url: `s3://${bucket}/${key}`, sha256: digest };
  }
  if (!URL.canParse(text)) throw invalid('the reference is no URL');
  const url = new URL(text);
  if (!['https:', 'http:', 'file:'].includes(url.protocol))
    throw invalid(`the reference begins with ${url.protocol.slice(0, 20)}, not https:, s3: or file:`);
  if (url.username !== '' || url.password !== '') throw invalid('the reference holds credentials');
  if (url.protocol === 'file:') {
    if (url.host !== '') throw invalid('the reference names a file of another machine');
    if (places.dataFolder === undefined) throw refused('no files may be pushed by reference');
  } else checkHost(url, places.dataHosts, refused);
  return { url: url.href, sha256: digest };
}

function checkHost(url: URL, hosts: readonly string[], refused: (what: string) => Error): void {
  const host = bareHost(url);
  if (isMetadataAddress(host))
    // Not even where the operator named the host.
    throw refused('the reference has an address at which clouds keep their secrets');
  if (isNamedHost(url, hosts)) return;
  if (!hosts.includes('*')) throw refused(`data may not be fetched from the host ${host.slice(0, 100)}`);
  if (url.protocol !== 'https:') throw refused('the reference is not reached by TLS');
  if (isIP(host) !== 0 && !isPublicAddress(host))
    throw refused('the reference has an address that is not public');
}
