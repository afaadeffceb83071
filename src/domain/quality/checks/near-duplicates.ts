import { invalid } from '../../policy/policy-problem.js';
import type { CheckDefinition } from '../check-definition.js';
import { columnNamed } from '../fit-columns.js';

interface Parameters {
  columns?: string[];
  threshold: number;
  shingle: number;
  seed: number;
}

/** Texts that differ in a few characters. */
export const nearDuplicates: CheckDefinition<Parameters> = {
  id: 'near-duplicates',
  version: 1,
  description:
    'Rows whose text is near to that of an earlier row, over all named splits in their order: the Jaccard similarity of the sets of their runs of characters reaches `threshold`. Candidates come from MinHash with LSH; each is compared exactly, so no row fails wrongly, and a few may be missed.',
  source:
    'Broder 1997, On the resemblance and containment of documents; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.2 to 3.4 (runs of 5 characters for short texts; 20 bands of 5 find 0.9996 of pairs at 0.8)',
  unit: 'rows',
  splits: 'each',
  needs: [],
  fields: {
    columns: {
      kind: 'texts',
      min: 1,
      max: 100,
      description: 'Columns of text, joined. Default: every feature of text.',
    },
    threshold: {
      kind: 'number',
      min: 0.7,
      max: 1,
      default: 0.8,
      description: 'Jaccard similarity from which texts are near.',
    },
    shingle: { kind: 'integer', min: 1, max: 20, default: 5, description: 'Characters of a run.' },
    seed: { kind: 'integer', min: 0, max: 4_294_967_295, default: 1, description: 'Of the hash functions.' },
  },
  fit(context) {
    const { parameters, version, path, problems } = context;
    const features = version.columns.filter(({ role, type }) => role === 'feature' && type === 'text');
    const named = parameters.columns?.flatMap(
      (name, i) =>
        columnNamed(context, `columns[${i}]`, name, ({ type }) => type === 'text', 'a column of text') ?? [],
    );
    const columns = (named ?? features).map(({ name }) => name);
    if (named === undefined && columns.length === 0)
      problems.push(invalid(`${path}.columns`, 'nothing, and no feature of text', 'a column of text'));
    const { threshold, shingle, seed } = parameters;
    return { parameters: { columns, threshold, shingle, seed }, reads: columns };
  },
};
