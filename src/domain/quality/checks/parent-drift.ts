import { invalid } from '../../policy/policy-problem.js';
import { DRIFT_METHODS } from '../../drift/index.js';
import type { CheckDefinition } from '../check-definition.js';
import { columnNamed } from '../fit-columns.js';

export interface ParentDriftParameters {
  columns?: string[];
  against?: string;
  numericMethod: string;
  categoricalMethod: string;
  threshold?: number;
  alpha: number;
}

/** Those that read rows. */
const methodsFor = (kind: 'numeric' | 'categorical') =>
  DRIFT_METHODS.filter(({ kinds, needs }) => kinds.includes(kind) && needs !== 'sketch').map(({ id }) => id);

/** Roles whose columns differ from version to version by what they are. */
const NOT_COMPARED = ['key', 'group', 'time'];

/** What is not as it was in the version that this one was made from. */
export const parentDrift: CheckDefinition<ParentDriftParameters> = {
  id: 'parent-drift',
  version: 1,
  description:
    "Columns whose values lie further from those of the same split of the parent version than the method's threshold, and that is no chance (Holm's correction over all columns and splits). Without a parent, or where rows are too few to tell, it cannot be told.",
  source:
    'as drift reports: Kolmogorov-Smirnov distance from 0.1 (NannyML), Jensen-Shannon distance from 0.1 (Evidently, NannyML), p from 0.05; Holm 1979',
  unit: 'columns',
  splits: 'each',
  needs: [],
  fields: {
    columns: {
      kind: 'texts',
      min: 1,
      max: 1_000,
      description:
        'Columns to compare. Default: all but keys, groups and times, and the label where a split is sealed.',
    },
    against: {
      kind: 'text',
      description:
        'The split of the parent to compare with, such as train for a live sample. Default: the one of the same name.',
    },
    numericMethod: {
      kind: 'choice',
      of: methodsFor('numeric'),
      default: 'ks',
      description: 'What decides columns of numbers.',
    },
    categoricalMethod: {
      kind: 'choice',
      of: methodsFor('categorical'),
      default: 'js_base2',
      description: 'What decides other columns.',
    },
    threshold: {
      kind: 'number',
      above: 0,
      max: 1e6,
      description: 'Effect from which a column has drifted. Default: that of its method, 0.1.',
    },
    alpha: { kind: 'number', above: 0, max: 0.5, default: 0.05, description: 'Level of the corrected p.' },
  },
  fit(context) {
    const { parameters, version, splits, path, problems } = context;
    const sealed = splits.some((split) => split.sealed);
    const named = parameters.columns?.flatMap((name, i) => columnNamed(context, `columns[${i}]`, name) ?? []);
    const compared = version.columns.filter(
      ({ role }) => !NOT_COMPARED.includes(role) && !(sealed && role === 'label'),
    );
    const columns = (named ?? compared).map(({ name }) => name);
    if (named === undefined && columns.length === 0)
      problems.push(invalid(`${path}.columns`, 'nothing, and nothing to compare', 'a column'));
    return { parameters: { ...parameters, columns }, reads: columns };
  },
  other: ({ against }, splits) => ({ parent: true, splits: against === undefined ? splits : [against] }),
};
