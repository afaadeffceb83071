import { COLUMN_TYPES } from '../canonical/index.js';
import type { Fields } from '../policy/field.js';

export const VALIDATION_TESTS = ['notNull', 'type', 'range', 'in', 'matches', 'unique', 'row'] as const;

/** What a validation rule may say. Which of them it must say depends on its test. */
export const VALIDATION_FIELDS: Fields = {
  id: {
    kind: 'text',
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    form: 'an id of letters, digits, dots, hyphens and underscores, at most 100',
    required: true,
    description: 'Its name with each row that fails; unique within the check.',
  },
  test: {
    kind: 'choice',
    of: VALIDATION_TESTS,
    required: true,
    description:
      'notNull, type (the type that the column has), range (min, max, both inclusive), in (values), matches (pattern), unique: of `column`. row: an expression.',
  },
  column: { kind: 'text', description: 'The column; not with `row`.' },
  type: {
    kind: 'choice',
    of: COLUMN_TYPES,
    description: 'The type; a column of another fails in every row.',
  },
  min: {
    kind: 'scalar',
    form: 'a number, or a date or timestamp as text',
    maxLength: 100,
    description: 'The least value.',
  },
  max: {
    kind: 'scalar',
    form: 'a number, or a date or timestamp as text',
    maxLength: 100,
    description: 'The largest value.',
  },
  values: {
    kind: 'list',
    min: 1,
    max: 1_000,
    items: { type: ['string', 'number', 'boolean'] },
    description: 'The values that may stand.',
  },
  pattern: {
    kind: 'text',
    maxLength: 1_000,
    description: 'A regular expression of RE2 that matches the whole text.',
  },
  expression: {
    kind: 'text',
    maxLength: 1_000,
    description: 'What must hold, as a slice is written: `age >= 18 OR guardian IS NOT NULL`.',
  },
  severity: {
    kind: 'choice',
    of: ['error', 'warning'],
    default: 'error',
    description: 'warning: rows are listed, and fail nothing.',
  },
};
