import { invalid } from '../../policy/policy-problem.js';
import type { CheckDefinition } from '../check-definition.js';
import { columnNamed } from '../fit-columns.js';
import { requirementOf, type ValidationRule } from '../validation-rule.js';
import { VALIDATION_FIELDS } from '../validation-fields.js';

/** What every row has to be. */
export const rules: CheckDefinition<{ rules: ValidationRule[] }> = {
  id: 'rules',
  version: 1,
  description:
    'Rules that every row keeps. A row fails where a rule is false; where it is neither true nor false, as a cell is empty, it does not, as with CHECK in SQL: `notNull` is a rule of its own. Rules of severity `warning` list rows and fail none.',
  source: 'ISO/IEC 9075-2, check constraints; patterns are RE2 and match the whole value',
  unit: 'rows',
  splits: 'each',
  needs: [],
  fields: {
    rules: {
      kind: 'objects',
      min: 1,
      max: 200,
      required: true,
      description: 'What must hold.',
      fields: VALIDATION_FIELDS,
    },
  },
  fit(context) {
    const { parameters, version, path, problems } = context;
    const reads = new Set<string>();
    const ids = new Set<string>();
    parameters.rules.forEach((rule, i) => {
      const at = `rules[${i}]`;
      if (ids.has(rule.id))
        problems.push(invalid(`${path}.${at}.id`, `${rule.id} twice`, 'an id of its own'));
      ids.add(rule.id);
      if (rule.column !== undefined && columnNamed(context, `${at}.column`, rule.column))
        reads.add(rule.column);
      const before = problems.length;
      const read = requirementOf(rule, version.columns, `${path}.${at}`, problems);
      if (problems.length === before) for (const name of read.columns) reads.add(name);
    });
    return { parameters: { rules: parameters.rules }, reads: [...reads] };
  },
};
