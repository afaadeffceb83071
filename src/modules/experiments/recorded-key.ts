import { posix } from 'node:path';

export const MAX_KEY_LENGTH = 250;

/** Letters, digits, `_ . - space : /`, as MLflow takes them. */
const ALLOWED = /^[\p{L}\p{N}_.\- :/]+$/u;

/**
 * Why `key` cannot name a param, tag or metric, or undefined when it can. A key is also a path in tools that draw
 * metrics, so one that would leave its folder, or has two spellings, is refused.
 */
export function keyProblem(key: string): string | undefined {
  if (key.length === 0 || key.length > MAX_KEY_LENGTH)
    return `has ${key.length} characters; expected 1 to ${MAX_KEY_LENGTH}`;
  if (!ALLOWED.test(key)) return 'may hold letters, digits, spaces and _ . - : / only';
  const normal = posix.normalize(key);
  if (normal !== key || normal === '.' || normal.startsWith('..') || normal.startsWith('/')) {
    return 'must not be a path that is absolute, ambiguous or leads upwards';
  }
  return undefined;
}
