import { invalid } from '../../policy/policy-problem.js';
import type { CheckDefinition } from '../check-definition.js';
import { columnNamed } from '../fit-columns.js';
import { groupColumns } from './representation.js';

export interface ProxyParameters {
  columns?: string[];
  from?: string[];
  atMost: number;
  atMostTogether?: number;
  bins: number;
  folds: number;
  minRows: number;
  alpha: number;
}

/** Columns that stand for a protected attribute. */
export const proxy: CheckDefinition<ProxyParameters> = {
  id: 'proxy',
  version: 1,
  description:
    'Columns that tell a group of a protected attribute from all others, alone or all together: the AUC of a naive Bayes classifier that is cross-validated in each split. A column is above the limit where that is no chance (Holm over all of them), within it where the upper bound is; where a column is neither and none is above, it cannot be told.',
  source:
    'Feldman et al. 2015, Certifying and Removing Disparate Impact, KDD: a protected attribute that can be predicted from the others; AUC from 0.7 is acceptable discrimination, Hosmer and Lemeshow 2000, 5.2.4',
  unit: 'columns',
  splits: 'each',
  needs: [],
  fields: {
    columns: {
      kind: 'texts',
      min: 1,
      max: 100,
      description: 'The attributes. Default: the protected columns.',
    },
    from: {
      kind: 'texts',
      min: 1,
      max: 1_000,
      description: 'What they are told from. Default: every feature.',
    },
    atMost: { kind: 'number', min: 0.5, below: 1, default: 0.7, description: 'AUC of one column.' },
    atMostTogether: {
      kind: 'number',
      min: 0.5,
      below: 1,
      description: 'AUC of all columns together. Default: `atMost`.',
    },
    bins: {
      kind: 'integer',
      min: 2,
      max: 100,
      default: 10,
      description: 'Quantile bins of numbers, where there are more values than that.',
    },
    folds: { kind: 'integer', min: 2, max: 20, default: 5, description: 'Of the cross-validation.' },
    minRows: {
      kind: 'integer',
      min: 20,
      max: 1_000_000,
      default: 30,
      description: 'Rows of a group from which it is judged; and of the others.',
    },
    alpha: { kind: 'number', above: 0, max: 0.5, default: 0.05, description: 'Level of error.' },
  },
  fit(context) {
    const { parameters, version, path, problems } = context;
    const columns = groupColumns(context);
    const named = parameters.from?.flatMap((name, i) => columnNamed(context, `from[${i}]`, name) ?? []);
    const from = (named ?? version.columns.filter(({ role }) => role === 'feature')).map(({ name }) => name);
    if (columns.some((attribute) => from.every((name) => name === attribute)))
      problems.push(invalid(`${path}.from`, 'nothing but the attribute', 'a column to tell it from'));
    const { atMost, atMostTogether = atMost, bins, folds, minRows, alpha } = parameters;
    return {
      parameters: { columns, from, atMost, atMostTogether, bins, folds, minRows, alpha },
      reads: [...new Set([...columns, ...from])],
    };
  },
};
