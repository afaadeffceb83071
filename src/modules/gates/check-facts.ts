import type { CheckFacts } from '../../domain/policy/index.js';
import type { AnsweredCheck, DatasetVersionView } from '../datasets/index.js';

const LONGEST_KEY = 40;

/** What a gate learns of a check. Of sealed splits it names no row: who decides what to ask would learn row by row. */
export function checkFacts(
  asked: string,
  { check, missing }: AnsweredCheck,
  { splits }: DatasetVersionView,
): CheckFacts {
  if (check === null) return { asked, answer: null, missing };
  const sealed = new Set(splits.filter((split) => split.sealed).map(({ name }) => name));
  const { id, digest, status, reason, unit, failing, total } = check;
  const first = check.first
    .filter(({ split, severity }) => severity === 'error' && !sealed.has(split))
    .map(({ split, key, row, rule }) => {
      const named = row === null ? shortened(rule ?? '') : key === null ? `row ${row}` : shortened(key);
      return `${named} of ${split}`;
    });
  return { asked, missing: null, answer: { id, digest, status, reason, unit, failing, total, first } };
}

const shortened = (text: string) => JSON.stringify(text.slice(0, LONGEST_KEY));
