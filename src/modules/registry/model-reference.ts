import { isId } from '../../platform/database/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';

/** One version of a model, by number or by id. */
export type ModelReference = { name: string; version: number } | { id: string };

export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
export const MODEL_NAME_RULE =
  'must be 1 to 100 letters, digits, dots, dashes or underscores, beginning with a letter or digit';

const VERSIONED = /^(?<name>[A-Za-z0-9][A-Za-z0-9._-]{0,99})@(?<version>[1-9][0-9]{0,8})$/;

/**
 * Read `NAME@VERSION` or an id. A bare name is refused: which version is meant must never be a guess.
 * Throws MODEL_REFERENCE_INVALID.
 */
export function parseModelReference(ref: string): ModelReference {
  if (isId(ref)) return { id: ref.toLowerCase() };
  const { name, version } = VERSIONED.exec(ref)?.groups ?? {};
  if (name !== undefined && version !== undefined) return { name, version: Number(version) };
  throw new InvalidInputError(
    'MODEL_REFERENCE_INVALID',
    `${JSON.stringify(ref.slice(0, 120))} does not name a model version; expected NAME@VERSION or an id`,
    { remedy: 'Write for example credit@1.' },
  );
}
