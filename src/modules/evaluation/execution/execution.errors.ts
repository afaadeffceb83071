import { InvalidInputError } from '../../../platform/errors/index.js';

export { wordsOf } from '../../../platform/outbound/index.js';

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

/** Names for a sentence. */
export const named = (names: readonly string[]): string =>
  names.length === 0
    ? 'none'
    : names
        .slice(0, SHOWN)
        .map((name) => JSON.stringify(name.slice(0, 100)))
        .join(', ') + (names.length > SHOWN ? `, and ${names.length - SHOWN} more` : '');
