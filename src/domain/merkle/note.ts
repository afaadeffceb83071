import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';

/**
 * C2SP signed notes (c2sp.org/signed-note): a text that ends in a newline, an empty line, and lines
 * `— name base64(key id || signature)`. Ed25519 only, signature type 0x01.
 */
const ED25519 = 0x01;
const SEPARATOR = '\n\n';
/** The DER prefix of an Ed25519 public key (RFC 8410); its 32 bytes follow. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export interface NoteKey {
  name: string;
  publicKey: KeyObject;
}

/** The 32 bytes of an Ed25519 public key. */
export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length);
}

/** SHA-256(name || 0x0A || 0x01 || public key), its first four bytes. */
export function keyIdOf({ name, publicKey }: NoteKey): Buffer {
  const input = Buffer.concat([
    Buffer.from(`${checkedName(name)}\n`),
    Buffer.from([ED25519]),
    rawPublicKey(publicKey),
  ]);
  return hash('sha256', input, 'buffer').subarray(0, 4);
}

/** The verifier key as one line: `name+hex key id+base64(0x01 || public key)`. */
export function encodeNoteKey(key: NoteKey): string {
  const encoded = Buffer.concat([Buffer.from([ED25519]), rawPublicKey(key.publicKey)]).toString('base64');
  return `${key.name}+${keyIdOf(key).toString('hex')}+${encoded}`;
}

/** Reads a verifier key. Throws when its form or its key id is wrong. */
export function decodeNoteKey(line: string): NoteKey {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(line);
  const bytes = match && Buffer.from(match[3]!, 'base64');
  if (!match || bytes?.length !== 33 || bytes[0] !== ED25519) throw new Error('not an Ed25519 verifier key');
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, bytes.subarray(1)]),
    format: 'der',
    type: 'spki',
  });
  const key = { name: match[1]!, publicKey };
  if (keyIdOf(key).toString('hex') !== match[2])
    throw new Error('the verifier key does not match its key id');
  return key;
}

/** Signs a text. `privateKey` belongs to `key.publicKey`. */
export function signNote(text: string, key: NoteKey, privateKey: KeyObject): string {
  if (!text.endsWith('\n')) throw new Error('the text of a note ends in a newline');
  const signature = sign(null, Buffer.from(text, 'utf8'), privateKey);
  const blob = Buffer.concat([keyIdOf(key), signature]).toString('base64');
  return `${text}\n\u2014 ${key.name} ${blob}\n`;
}

/**
 * The text of a note that one of the keys signed. Signatures by unknown keys are ignored; a wrong one by a known key,
 * or none by any, throws.
 */
export function openNote(note: string, keys: readonly NoteKey[]): string {
  const end = note.lastIndexOf(SEPARATOR);
  if (end < 0 || !note.endsWith('\n')) throw new Error('not a signed note');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + SEPARATOR.length, -1).split('\n');
  let signed = false;
  for (const line of lines) {
    const match = /^\u2014 ([^+\s]+) ([A-Za-z0-9+/]+=*)$/.exec(line);
    const blob = match && Buffer.from(match[2]!, 'base64');
    if (!match || !blob || blob.length < 5) throw new Error('a signature line of the note is malformed');
    const key = keys.find((known) => known.name === match[1] && keyIdOf(known).equals(blob.subarray(0, 4)));
    if (!key) continue;
    if (!verify(null, Buffer.from(text, 'utf8'), key.publicKey, blob.subarray(4))) {
      throw new Error(`the signature of ${key.name} is wrong`);
    }
    signed = true;
  }
  if (!signed) throw new Error('no known key signed the note');
  return text;
}

function checkedName(name: string): string {
  if (name === '' || /[\s+]/u.test(name)) throw new Error('a key name has no spaces and no plus sign');
  return name;
}
