import { readSlice } from '../read-slice.js';
import { invalid } from '../../policy/policy-problem.js';
import type { CheckDefinition } from '../check-definition.js';
import { columnNamed } from '../fit-columns.js';

export interface DeclaredSlice {
  id: string;
  where: string;
  minRows: number;
  minShare: number;
}

export interface DeclaredDomains {
  column: string;
  minEffective: number;
  values?: string[];
  minRows: number;
}

export interface DiversityParameters {
  slices?: DeclaredSlice[];
  domains?: DeclaredDomains[];
}

/** Whether the data holds what it was declared to be about. */
export const diversity: CheckDefinition<DiversityParameters> = {
  id: 'diversity',
  version: 1,
  description:
    'Declared slices with fewer rows or a smaller share of a split than they must have, declared values of a column that too few rows have, and columns whose effective number of values (Hill number of order 1: e to the power of the entropy) is too small. Nothing is judged that is not declared. A description of the rows, without an error level.',
  source:
    'Hill 1973, Diversity and Evenness, Ecology 54(2); Jost 2006, Entropy and diversity, Oikos 113(2); 30 rows is a rule of thumb of textbooks',
  unit: 'groups',
  splits: 'each',
  needs: [],
  fields: {
    slices: {
      kind: 'objects',
      min: 1,
      max: 200,
      description: 'Slices that each split must have.',
      fields: {
        id: {
          kind: 'text',
          pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
          form: 'an id of letters, digits, dots, hyphens and underscores, at most 100',
          required: true,
          description: 'Its name where it fails; unique within the check.',
        },
        where: {
          kind: 'text',
          maxLength: 1_000,
          required: true,
          description: "Which rows, as a slice is written: `region = 'north' AND age >= 65`.",
        },
        minRows: { kind: 'integer', min: 0, max: 1_000_000_000, default: 30, description: 'Rows.' },
        minShare: { kind: 'number', min: 0, max: 1, default: 0, description: 'Of all rows of the split.' },
      },
    },
    domains: {
      kind: 'objects',
      min: 1,
      max: 100,
      description: 'Columns whose values are domains.',
      fields: {
        column: { kind: 'text', required: true, description: 'The column.' },
        minEffective: {
          kind: 'number',
          min: 1,
          max: 1e6,
          default: 1,
          description: 'Effective number of values that a split must have; 1 asks nothing.',
        },
        values: {
          kind: 'texts',
          min: 1,
          max: 1_000,
          description: 'Values that are to be covered, as text.',
        },
        minRows: {
          kind: 'integer',
          min: 1,
          max: 1_000_000_000,
          default: 1,
          description: 'Rows from which a declared value is covered.',
        },
      },
    },
  },
  fit(context) {
    const { parameters, version, path, problems } = context;
    const { slices, domains } = parameters;
    if (!slices && !domains) problems.push(invalid(path, 'nothing declared', 'slices or domains'));
    const reads = new Set<string>();
    const twice = (field: string, names: readonly string[], i: number) => {
      if (names.indexOf(names[i]!) < i)
        problems.push(invalid(`${path}.${field}`, `${names[i]!} twice`, 'each once'));
    };
    slices?.forEach(({ where, minRows, minShare }, i) => {
      if (minRows === 0 && minShare === 0)
        problems.push(
          invalid(`${path}.slices[${i}]`, 'nothing that is asked', 'minRows or minShare above 0'),
        );
      twice(
        `slices[${i}].id`,
        slices.map(({ id }) => id),
        i,
      );
      const slice = readSlice(where, version.columns, `${path}.slices[${i}].where`, problems);
      for (const name of slice?.columns ?? []) reads.add(name);
    });
    domains?.forEach(({ column, minEffective, values }, i) => {
      twice(
        `domains[${i}].column`,
        domains.map((one) => one.column),
        i,
      );
      if (minEffective === 1 && !values)
        problems.push(
          invalid(`${path}.domains[${i}]`, 'nothing that is asked', 'minEffective above 1, or values'),
        );
      const found = columnNamed(context, `domains[${i}].column`, column);
      if (found) reads.add(found.name);
    });
    return { parameters: { ...(slices && { slices }), ...(domains && { domains }) }, reads: [...reads] };
  },
};
