import { AssayError, InvalidInputError } from '../../errors/index.js';
import type { PartChecksum } from './partial-upload.js';

/** The tus resumable upload protocol, https://tus.io/protocols/resumable-upload (1.0.0, 2016-03-25). */
export const TUS_VERSION = '1.0.0';
export const TUS_EXTENSIONS = 'creation,expiration,checksum,termination';
export const TUS_CHECKSUMS = 'sha1,sha256';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Throws TUS_VERSION_NOT_SUPPORTED unless the client says the version that is spoken here. */
export function checkVersion(headers: Headers): void {
  const said = headers['tus-resumable'];
  if (said === TUS_VERSION) return;
  throw new AssayError(
    'version',
    'TUS_VERSION_NOT_SUPPORTED',
    `the header Tus-Resumable ${said === undefined ? 'is missing' : `is ${shown(said)}`}; expected ${TUS_VERSION}`,
    { remedy: `send Tus-Resumable: ${TUS_VERSION}, as clients of the tus protocol do` },
  );
}

/** Bytes of the whole. Throws UPLOAD_LENGTH_INVALID. */
export const uploadLength = (headers: Headers): number =>
  wholeNumber(headers, 'upload-length', 'UPLOAD_LENGTH_INVALID', 'the size of the file in bytes');

/** Where a part begins. Throws UPLOAD_OFFSET_INVALID. */
export const uploadOffset = (headers: Headers): number =>
  wholeNumber(headers, 'upload-offset', 'UPLOAD_OFFSET_INVALID', 'how many bytes the server has');

/** The file's name among the metadata, and '' where there is none. Throws UPLOAD_METADATA_INVALID. */
export function uploadFilename(headers: Headers): string {
  const text = headers['upload-metadata'] ?? '';
  if (typeof text !== 'string') throw badMetadata();
  const pairs = text.split(',').map((pair) => pair.trim().split(' '));
  const named = pairs.filter(([key]) => key === 'filename');
  if (named.length > 1 || pairs.some((pair) => pair.length > 2)) throw badMetadata();
  return decodeBase64(named[0]?.[1] ?? '').toString('utf8');
}

/** Throws UPLOAD_CHECKSUM_INVALID. */
export function uploadChecksum(headers: Headers): PartChecksum | undefined {
  const text = headers['upload-checksum'];
  if (text === undefined) return undefined;
  const [algorithm, value = '', ...more] = String(text).split(' ');
  const bytes = algorithm === 'sha1' ? 20 : algorithm === 'sha256' ? 32 : undefined;
  const digest = Buffer.from(value, 'base64');
  if (bytes === digest.length && more.length === 0 && digest.toString('base64') === value)
    return { algorithm: algorithm as PartChecksum['algorithm'], digest };
  throw new InvalidInputError(
    'UPLOAD_CHECKSUM_INVALID',
    `the header Upload-Checksum is ${shown(text)}; expected sha1 or sha256, a space, and the digest in base64`,
  );
}

/** As HTTP has dates (RFC 9110, section 5.6.7). */
export const uploadExpires = (at: Date): string => at.toUTCString();

function wholeNumber(headers: Headers, name: string, code: string, what: string): number {
  const text = headers[name];
  const value = Number(text);
  if (typeof text === 'string' && /^\d{1,16}$/.test(text) && Number.isSafeInteger(value)) return value;
  const header = name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
  throw new InvalidInputError(
    code,
    `the header ${header} ${text === undefined ? 'is missing' : `is ${shown(text)}`}; expected ${what}`,
  );
}

function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes;
  throw badMetadata();
}

const badMetadata = () =>
  new InvalidInputError(
    'UPLOAD_METADATA_INVALID',
    'the header Upload-Metadata cannot be read; expected names, each with a space and a value in base64, and commas between',
  );

const shown = (text: string | string[]): string => JSON.stringify(String(text).slice(0, 80));
