import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { sha256 } from './canonical.js';

/** An Ed25519 verifier key as C2SP signed notes write it: `name+key id+base64(0x01 || 32 bytes)`. */
export interface VerifierKey {
  name: string;
  id: Buffer;
  key: KeyObject;
}

export interface SignedCheckpoint {
  origin: string;
  size: number;
  root: Buffer;
}

export function readVerifierKey(line: string): VerifierKey {
  const parts = line.split('+');
  const [name, id] = parts;
  // The base64 may hold plus signs itself.
  const encoded = parts.slice(2).join('+');
  const bytes = Buffer.from(encoded, 'base64');
  if (
    !name ||
    /\s/.test(name) ||
    bytes.length !== 33 ||
    bytes[0] !== 1 ||
    bytes.toString('base64') !== encoded
  ) {
    throw new Error('the public key is not an Ed25519 verifier key');
  }
  const expected = sha256(`${name}\n`, bytes).subarray(0, 4);
  if (expected.toString('hex') !== id) throw new Error('the public key does not have the key id it names');
  const x = bytes.subarray(1).toString('base64url');
  return {
    name,
    id: expected,
    key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
  };
}

/**
 * The checkpoint in a signed note. Throws unless one of the keys signed it: unknown keys are passed over, a wrong
 * signature under a known key is an error.
 */
export function openCheckpoint(note: string, keys: readonly VerifierKey[]): SignedCheckpoint {
  const gap = note.lastIndexOf('\n\n');
  if (gap < 0 || !note.endsWith('\n')) throw new Error('the checkpoint is not a signed note');
  const text = note.slice(0, gap + 1);
  let known = false;
  for (const line of note.slice(gap + 2, -1).split('\n')) {
    const [dash, name, encoded, ...more] = line.split(' ');
    const blob = Buffer.from(encoded ?? '', 'base64');
    if (dash !== '\u2014' || more.length > 0 || blob.length < 5 || blob.toString('base64') !== encoded) {
      throw new Error('a signature line of the checkpoint is malformed');
    }
    const signer = keys.find((key) => key.name === name && key.id.equals(blob.subarray(0, 4)));
    if (!signer) continue;
    if (!verify(null, Buffer.from(text, 'utf8'), signer.key, blob.subarray(4))) {
      throw new Error(`the signature of ${signer.name} under the checkpoint is wrong`);
    }
    known = true;
  }
  if (!known) throw new Error('no known key signed the checkpoint');
  const [origin, size, root] = text.split('\n');
  const hash = Buffer.from(root ?? '', 'base64');
  if (!origin || !/^\d{1,16}$/.test(size ?? '') || hash.length !== 32)
    throw new Error('the checkpoint is malformed');
  return { origin, size: Number(size), root: hash };
}
