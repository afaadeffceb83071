import type { Fields } from '../policy/field.js';

/** Columns that comparisons of rows leave out, beside the key. */
export const IGNORE: Fields = {
  ignore: {
    kind: 'texts',
    min: 0,
    max: 1_000,
    default: [],
    description: 'Columns that do not count, beside the key.',
  },
};
