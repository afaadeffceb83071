import { createHmac, randomBytes } from 'node:crypto';

/** HMAC-SHA-256, under a key of the project, of a subject as its column writes it: who knows the subject finds its row by this. */
export function lookupOf(projectKey: Uint8Array, subject: string): Buffer {
  return createHmac('sha256', projectKey).update(subject, 'utf8').digest();
}

/** What index and audit log call a subject, lowercase hex. Only key and lookup together lead to it. */
export function pseudonymOf(key: Uint8Array, lookup: Uint8Array): string {
  return createHmac('sha256', key).update(lookup).digest('hex');
}

/** Key material of a subject that was not known before. */
export function newSubject(lookup: Buffer): { pseudonym: string; lookup: Buffer; key: Buffer } {
  const key = randomBytes(32);
  return { pseudonym: pseudonymOf(key, lookup), lookup, key };
}
