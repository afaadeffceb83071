import { invalid } from '../../policy/policy-problem.js';
import type { CheckDefinition } from '../check-definition.js';

/** Columns that give the label away. */
export const labelPredictor: CheckDefinition<{ maxSkill: number }> = {
  id: 'label-predictor',
  version: 1,
  description:
    'Columns that predict the label alone: the majority label of each value (numbers: of each of 50 quantile bins), learned on one half of the rows and tried on the other, beats the most frequent label by more than `maxSkill` of what there is to gain. The key is tried, too, in bins: identifiers may be in the order of the labels.',
  source:
    'one-rule classifier, Holte 1993, Machine Learning 11; 0.8 is the default limit of the same kind of score in deepchecks (FeatureLabelCorrelation)',
  unit: 'columns',
  splits: 'open',
  needs: ['label'],
  fields: {
    maxSkill: {
      kind: 'number',
      min: 0,
      below: 1,
      default: 0.8,
      description: 'Share of what there is to gain over the most frequent label.',
    },
  },
  fit({ parameters, version, path, problems }) {
    if (!version.columns.some(({ role }) => role !== 'label'))
      problems.push(invalid(path, 'a version with a label alone', 'another column'));
    return { parameters: { maxSkill: parameters.maxSkill }, reads: version.columns.map(({ name }) => name) };
  },
};
