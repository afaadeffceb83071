import {
  suggestRules,
  type CheckedColumn,
  type ColumnFacts,
  type ValidationRule,
} from '../../../../domain/quality/index.js';
import { splitNotFound } from '../../dataset-reader.js';
import type { DatasetVersionView } from '../../dataset-version.js';

/** What the job is given. */
export interface SuggestionPlan {
  datasetVersionId: string;
  splits: string[];
}

/** Rules that the version keeps, as checks that can be asked of any version with these columns. */
export interface SuggestedRules {
  datasetVersionId: string;
  /** NAME@VERSION. */
  ref: string;
  splits: string[];
  checks: { check: 'rules'; splits: string[]; parameters: { rules: ValidationRule[] } }[];
  /** Columns of which nothing is suggested, and why. */
  leftOut: { column: string; why: string }[];
}

/** As many as one check takes. */
const RULES_IN_A_CHECK = 200;

/** Throws SPLIT_NOT_FOUND. */
export function planSuggestion(
  version: DatasetVersionView,
  splits: readonly string[] | null,
): SuggestionPlan {
  const names = version.splits.map(({ name }) => name);
  const unknown = splits?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw splitNotFound(version, unknown);
  return { datasetVersionId: version.id, splits: [...new Set(splits ?? names)] };
}

/** Columns that a rule may be about: the label is none where a split is sealed, as no check may read it there. */
export function suggestibleColumns(
  { schema, splits }: DatasetVersionView,
  named: readonly string[],
): CheckedColumn[] {
  const sealed = splits.some((split) => split.sealed && named.includes(split.name));
  return schema.columns.filter(({ role }) => !(sealed && role === 'label'));
}

export function suggestedRules(
  version: DatasetVersionView,
  splits: string[],
  facts: readonly ColumnFacts[],
): SuggestedRules {
  const rules = suggestRules(facts);
  const checks: SuggestedRules['checks'] = [];
  for (let i = 0; i < rules.length; i += RULES_IN_A_CHECK)
    checks.push({ check: 'rules', splits, parameters: { rules: rules.slice(i, i + RULES_IN_A_CHECK) } });
  const read = new Set(facts.map(({ name }) => name));
  return {
    datasetVersionId: version.id,
    ref: `${version.dataset}@${version.version}`,
    splits,
    checks,
    leftOut: version.schema.columns
      .filter(({ name }) => !read.has(name))
      .map(({ name }) => ({ column: name, why: 'the label of a split that is sealed: no check reads it' })),
  };
}
