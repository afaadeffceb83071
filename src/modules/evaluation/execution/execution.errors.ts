import { InvalidInputError } from '../../../platform/errors/index.js';

/** Why a model cannot be run, or what went wrong while it ran. */
export type ModelCode =
  | 'MODEL_UNREADABLE'
  | 'MODEL_INPUT_MISMATCH'
  | 'MODEL_OUTPUT_MISMATCH'
  | 'MODEL_OUTPUT_SHAPE'
  | 'MODEL_THREW'
  | 'MODEL_CRASHED'
  | 'MODEL_TIMED_OUT'
  | 'MODEL_OUT_OF_MEMORY'
  | 'MODEL_RUNTIME_MISSING'
  | 'MODEL_ENDPOINT_REFUSED'
  | 'MODEL_ENDPOINT_UNTRUSTED'
  | 'MODEL_ENDPOINT_FAILED'
  | 'MODEL_ANSWER_MALFORMED'
  | 'MODEL_CHANGED';

export const modelError = (code: ModelCode, message: string, remedy: string) =>
  new InvalidInputError(code, message, { remedy });

const SHOWN = 20;
const LONGEST = 300;

/** Names for a sentence. */
export const named = (names: readonly string[]): string =>
  names.length === 0
    ? 'none'
    : names
        .slice(0, SHOWN)
        .map((name) => JSON.stringify(name.slice(0, 100)))
        .join(', ') + (names.length > SHOWN ? `, and ${names.length - SHOWN} more` : '');

/** The words of an error that somebody else's code threw, as one short line. */
export const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .split('\n', 1)[0]!
    .replaceAll(/[\x00-\x1f\x7f]/g, ' ')
    .slice(0, LONGEST);
