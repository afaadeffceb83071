import { createHash, randomBytes } from 'node:crypto';

/**
 * An API key: `assay_` + 8 characters of prefix (shown in lists) + `_` + 32 random characters + 6 of checksum, in base 62.
 * The checksum tells a mistyped key, or a secret scanner's find, from a real one without asking the database. Only the
 * SHA-256 of the whole is stored: 190 random bits need no slow hash.
 */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = /^assay_([0-9A-Za-z]{8})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

export interface NewApiKey {
  secret: string;
  prefix: string;
  hash: Buffer;
}

export function createApiKey(random: (size: number) => Buffer = randomBytes): NewApiKey {
  const prefix = characters(8, random);
  const body = characters(32, random);
  const secret = `assay_${prefix}_${body}${checksum(prefix + body)}`;
  return { secret, prefix, hash: hashOf(secret) };
}

/** The stored form of a presented key, or undefined where it cannot be a key. */
export function parseApiKey(presented: string): { prefix: string; hash: Buffer } | undefined {
  const match = FORM.exec(presented);
  if (!match) return undefined;
  const [, prefix = '', body = '', check] = match;
  return checksum(prefix + body) === check ? { prefix, hash: hashOf(presented) } : undefined;
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Rejection keeps the 62 characters equally likely. */
function characters(count: number, random: (size: number) => Buffer): string {
  let text = '';
  while (text.length < count) {
    for (const byte of random(count)) {
      if (byte < 248 && text.length < count) text += ALPHABET[byte % 62];
    }
  }
  return text;
}

function checksum(text: string): string {
  let value = createHash('sha256').update(text).digest().readUInt32BE(0);
  let digits = '';
  for (let i = 0; i < 6; i++) {
    digits = (ALPHABET[value % 62] ?? '') + digits;
    value = Math.floor(value / 62);
  }
  return digits;
}
