import {
  effectiveNumber,
  entropyOf,
  notDefined,
  outcomeOf,
  readSlice,
  renameColumns,
  type CheckedColumn,
  type CheckOutcome,
  type DeclaredDomains,
  type DeclaredSlice,
  type DiversityParameters,
} from '../../../../domain/quality/index.js';
import { sliceSql } from '../../slices/slice-sql.js';
import { addFindings, countRows, type Scan } from '../load-rows.js';
import { tooManyValues, valueCounts } from './value-counts.js';

interface Lack {
  split: string;
  rule: string;
  detail: string;
}

/** Declared slices, values and numbers of values that splits lack. */
export async function scanDiversity(
  scan: Scan,
  columns: readonly CheckedColumn[],
  { slices = [], domains = [] }: DiversityParameters,
): Promise<CheckOutcome> {
  const rows = await Promise.all(scan.splits.map((_, i) => countRows(scan, i)));
  const empty = scan.splits.find((_, i) => rows[i] === 0);
  if (empty) return notDefined('groups', `${empty.name} has no rows`);
  const lacks: Lack[] = [];
  const facts: Record<string, unknown>[] = [];
  let total = 0;
  for (const slice of slices) {
    const found = await sliceLacks(scan, columns, slice, rows);
    total += scan.splits.length;
    lacks.push(...found.lacks);
    facts.push(...found.facts);
  }
  const domainFacts: Record<string, unknown>[] = [];
  for (const domain of domains) {
    const found = await domainLacks(scan, domain);
    if ('undefined' in found) return found.undefined;
    total += found.total;
    lacks.push(...found.lacks);
    domainFacts.push(...found.facts);
  }
  await addFindings(scan, lacks);
  return outcomeOf('groups', { failing: lacks.length, total }, 'have less than was declared', {
    slices: facts,
    domains: domainFacts,
  });
}

async function sliceLacks(
  { db, splits, column }: Scan,
  columns: readonly CheckedColumn[],
  { id, where, minRows, minShare }: DeclaredSlice,
  rows: readonly number[],
): Promise<{ lacks: Lack[]; facts: Record<string, unknown>[] }> {
  const read = readSlice(where, columns, 'where', [])!;
  const named = columns.flatMap(({ name, type }) =>
    read.columns.includes(name) ? { name: column(name), type } : [],
  );
  const condition = sliceSql(renameColumns(read.slice, column), named, 'r');
  const found = await db.rows<{ split: number; n: number }>(
    `SELECT split, (count(*) FILTER (WHERE ${condition}))::DOUBLE AS n FROM rows AS r GROUP BY split ORDER BY split`,
  );
  const facts = found.map(({ split, n }) => ({
    split: splits[split]!.name,
    slice: id,
    rows: n,
    share: n / rows[split]!,
  }));
  const lacks = facts
    .filter(({ rows: n, share }) => n < minRows || share < minShare)
    .map(({ split, rows: n, share }) => ({
      split,
      rule: id,
      detail: `${n} rows, ${(100 * share).toFixed(2)}% of the split; at least ${minRows} and ${(100 * minShare).toFixed(2)}%`,
    }));
  return { lacks, facts };
}

async function domainLacks(
  scan: Scan,
  { column, minEffective, values = [], minRows }: DeclaredDomains,
): Promise<{ lacks: Lack[]; facts: Record<string, unknown>[]; total: number } | { undefined: CheckOutcome }> {
  const counts = await valueCounts(scan, column, false);
  if (counts === null) return { undefined: tooManyValues('groups', column) };
  const lacks: Lack[] = [];
  const facts: Record<string, unknown>[] = [];
  let total = 0;
  for (const { name: split } of scan.splits) {
    const held = new Map(
      counts.flatMap((one): [string, number][] => (one.split === split ? [[one.value!, one.rows]] : [])),
    );
    const effective = effectiveNumber([...held.values()]);
    if (effective === null)
      return { undefined: notDefined('groups', `no row of ${split} has a value of ${column}`) };
    const uncovered = values.filter((value) => (held.get(value) ?? 0) < minRows);
    facts.push({
      split,
      column,
      values: held.size,
      entropy: entropyOf([...held.values()]),
      effective,
      uncovered,
      counts: Object.fromEntries(held),
    });
    total += values.length + (minEffective > 1 ? 1 : 0);
    // Equal shares come to a whole number but for rounding.
    if (effective < minEffective * (1 - 1e-12))
      lacks.push({
        split,
        rule: column,
        detail: `effective number of values ${effective.toFixed(4)}, at least ${minEffective}`,
      });
    for (const value of uncovered)
      lacks.push({
        split,
        rule: `${column}: ${value}`,
        detail: `${held.get(value) ?? 0} rows, at least ${minRows}`,
      });
  }
  return { lacks, facts, total };
}
