import {
  outcomeOf,
  renameColumns,
  requirementOf,
  type CheckedColumn,
  type CheckOutcome,
  type Requirement,
  type ValidationRule,
} from '../../../../domain/quality/index.js';
import { literal } from '../../../../platform/duckdb/index.js';
import { AssayError, InvalidInputError } from '../../../../platform/errors/index.js';
import { sliceSql } from '../../slices/slice-sql.js';
import { countRows, failingRows, numberOf, type Scan } from '../load-rows.js';

/** Rows for which a rule is false. Throws CHECK_PATTERN_INVALID. */
export async function scanRules(
  scan: Scan,
  rules: readonly ValidationRule[],
  columns: readonly CheckedColumn[],
): Promise<CheckOutcome> {
  const { db } = scan;
  const failed: Record<string, number> = {};
  for (const rule of rules) {
    const requirement = requirementOf(rule, columns, 'parameters', []);
    if (requirement.kind === 'matches') await checkPattern(scan, rule.id, requirement.pattern);
    const id = literal(rule.id);
    await db.run(
      `INSERT INTO finding SELECT split, row, key, NULL, NULL, NULL, ${id}, NULL, '${rule.severity}' FROM (${broken(scan, requirement, columns)})`,
    );
    failed[rule.id] = await numberOf(db, `SELECT count(*)::DOUBLE AS n FROM finding WHERE rule = ${id}`);
  }
  // A row that an error names is no mere warning.
  const warnings = await numberOf(
    db,
    `SELECT count(*)::DOUBLE AS n FROM (SELECT split, row FROM finding GROUP BY split, row HAVING bool_and(severity = 'warning'))`,
  );
  const broke = Object.values(failed).filter((rows) => rows > 0).length;
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), warnings, total: await countRows(scan) },
    `break one of ${rules.length} rules (${broke} broken)`,
    { failed },
  );
}

/** Rows that break a requirement. */
function broken(scan: Scan, requirement: Requirement, columns: readonly CheckedColumn[]): string {
  if (requirement.kind === 'expression') {
    const slice = renameColumns(requirement.slice, (name) => scan.column(name));
    const named = columns.flatMap((column) =>
      requirement.columns.includes(column.name) ? { name: scan.column(column.name), type: column.type } : [],
    );
    return `SELECT split, row, key FROM rows AS r WHERE (NOT ${sliceSql(slice, named, 'r')})`;
  }
  const column = scan.column(requirement.column);
  switch (requirement.kind) {
    case 'type': {
      const found = columns.find(({ name }) => name === requirement.column)!.type;
      return `SELECT split, row, key FROM rows WHERE ${found !== requirement.type}`;
    }
    case 'notNull':
      return `SELECT split, row, key FROM rows WHERE ${column} IS NULL`;
    case 'matches':
      return `SELECT split, row, key FROM rows WHERE NOT regexp_full_match(${column}, ${literal(requirement.pattern)})`;
    case 'unique':
      return `SELECT split, row, key FROM rows WHERE ${column} IS NOT NULL
              QUALIFY row_number() OVER (PARTITION BY split, ${column} ORDER BY row) > 1`;
  }
}

async function checkPattern({ db }: Scan, rule: string, pattern: string): Promise<void> {
  try {
    await db.rows(`SELECT regexp_full_match('', ${literal(pattern)})`);
  } catch (error) {
    if (error instanceof AssayError) throw error;
    const said = error instanceof Error ? error.message.slice(0, 200) : '';
    throw new InvalidInputError(
      'CHECK_PATTERN_INVALID',
      `rule ${rule}: ${JSON.stringify(pattern.slice(0, 80))} is no regular expression of RE2: ${said}`,
      {
        remedy: 'Write it as RE2 reads it: no look-around and no backreference.',
      },
    );
  }
}
