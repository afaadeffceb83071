import { invalid } from '../../policy/policy-problem.js';
import type { CheckDefinition } from '../check-definition.js';
import { comparedColumns, sorted } from '../fit-columns.js';
import { IGNORE } from '../ignore-field.js';

export interface NearRowsParameters {
  ignore: string[];
  threshold?: number;
  numbers: 'exact' | 'bins';
  bins: number;
}

const DEFAULT = 0.8;
/** Below, half of the cells may differ, and rows of few values all meet. */
const LEAST = 0.7;

/** Rows that differ in a few cells. */
export const nearDuplicateRows: CheckDefinition<NearRowsParameters> = {
  id: 'near-duplicate-rows',
  version: 1,
  description:
    'Rows that are near to an earlier row, over all named splits in their order: the Jaccard similarity of the sets of their cells, each a column with its value, reaches `threshold`. Of d columns k are equal at k / (2d - k). An empty cell is a value. No pair is missed. Where a split is sealed the label does not count.',
  source:
    'Broder 1997, On the resemblance and containment of documents; candidates by the pigeonhole principle, Manku, Jain and Das Sarma 2007, Detecting Near-Duplicates for Web Crawling, WWW, 3.1',
  unit: 'rows',
  splits: 'each',
  needs: [],
  fields: {
    ...IGNORE,
    threshold: {
      kind: 'number',
      min: LEAST,
      max: 1,
      description: `Jaccard similarity from which rows are near. Default: ${DEFAULT}; of fewer than 9 columns that of one other cell, (d - 1) / (d + 1).`,
    },
    numbers: {
      kind: 'choice',
      of: ['exact', 'bins'],
      default: 'exact',
      description: 'Whether numbers are equal as they are, or where they stand in one quantile bin.',
    },
    bins: {
      kind: 'integer',
      min: 2,
      max: 100_000,
      default: 100,
      description: 'Quantile bins of a column of numbers, over all named splits; with `bins`.',
    },
  },
  fit(context) {
    const { parameters, path, problems } = context;
    const reads = comparedColumns(context);
    const oneOther = (reads.length - 1) / (reads.length + 1);
    const { threshold = Math.min(DEFAULT, oneOther) } = parameters;
    if (reads.length > 0 && (threshold < LEAST || (threshold < 1 && oneOther < threshold)))
      problems.push(
        invalid(
          `${path}.threshold`,
          `${reads.length} columns, of which one other cell leaves a similarity of ${oneOther.toFixed(2)}`,
          `that of one other cell or less, at least ${LEAST} (6 columns); or the check duplicates`,
        ),
      );
    return { parameters: { ...parameters, threshold, ignore: sorted(parameters.ignore) }, reads };
  },
};
