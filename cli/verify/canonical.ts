import { createHash } from 'node:crypto';

/** JSON as RFC 8785 writes it. Takes what JSON.parse gives; refuses numbers and strings that no JSON has. */
export function canonicalText(value: unknown): string {
  if (value === null || typeof value === 'boolean') return `${value}`;
  if (typeof value === 'string') {
    if (Buffer.from(value, 'utf8').toString('utf8') !== value)
      throw new Error('a string is not well-formed Unicode');
    return JSON.stringify(value);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${canonicalText(name)}:${canonicalText(member)}`).join(',')}}`;
  }
  throw new Error(`JSON has no ${typeof value}`);
}

export function sha256(...parts: (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Hex SHA-256 of the canonical text. */
export function digestOfJson(value: unknown): string {
  return sha256(canonicalText(value)).toString('hex');
}
