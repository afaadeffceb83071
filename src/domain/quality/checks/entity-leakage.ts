import type { CheckDefinition } from '../check-definition.js';
import { columnNamed } from '../fit-columns.js';

/** The same patient, customer or document on both sides. */
export const entityLeakage: CheckDefinition<{ column?: string }> = {
  id: 'entity-leakage',
  version: 1,
  description:
    'Rows of the second split whose entity stands in the first. Rows without an entity are of nobody, and do not fail.',
  source:
    'Kaufman et al. 2012, Leakage in Data Mining, ACM TKDD 6(4); the entity is the group column by default',
  unit: 'rows',
  splits: 'pair',
  needs: [],
  fields: {
    column: { kind: 'text', description: 'The column that names the entity. Default: the group column.' },
  },
  fit(context) {
    const group = context.version.columns.find(({ role }) => role === 'group')?.name;
    const column = columnNamed(context, 'column', context.parameters.column ?? group ?? '');
    return { parameters: { column: column?.name ?? '' }, reads: column ? [column.name] : [] };
  },
};
