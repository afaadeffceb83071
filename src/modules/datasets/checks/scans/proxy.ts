import {
  foldsOf,
  judgeProxies,
  naiveBayesAuc,
  notDefined,
  outcomeOfDecided,
  type CheckedColumn,
  type CheckOutcome,
  type JudgedProxy,
  type MeasuredProxy,
} from '../../../../domain/quality/index.js';
import { addFindings, type Scan } from '../load-rows.js';
import { codeColumn, type CodedColumn } from './code-column.js';

export interface ProxyLimits {
  columns: string[];
  from: string[];
  atMost: number;
  atMostTogether: number;
  bins: number;
  folds: number;
  minRows: number;
  alpha: number;
}

/** Rows x columns x groups that are ranked: beyond that it takes too long. */
const MAX_RANKED = 2e9;

/** Columns that tell a group of a protected attribute. */
export async function scanProxy(
  scan: Scan,
  columns: readonly CheckedColumn[],
  parameters: ProxyLimits,
): Promise<CheckOutcome> {
  const { splits } = scan;
  const measured: MeasuredProxy[] = [];
  const notJudged: { split: string; attribute: string; group: string; rows: number }[] = [];
  for (const [position, { name: split, rows }] of splits.entries()) {
    if (rows * parameters.from.length > MAX_RANKED)
      return notDefined('columns', `${split} has too many rows and columns to rank them`);
    const coded = new Map<string, CodedColumn>();
    for (const name of new Set([...parameters.columns, ...parameters.from]))
      coded.set(
        name,
        await codeColumn(
          scan,
          position,
          columns.find((one) => one.name === name)!,
          parameters.bins,
        ),
      );
    for (const attribute of parameters.columns) {
      const found = measureAttribute(coded, attribute, parameters);
      notJudged.push(...found.notJudged.map((one) => ({ split, attribute, ...one })));
      if (typeof found.measured === 'string')
        return notDefined('columns', `${split}: ${found.measured}`, { notJudged });
      measured.push(...found.measured.map((one) => ({ split, attribute, ...one })));
    }
  }
  const judged = judgeProxies(measured, parameters);
  const strongest = strongestOf(judged);
  const above = strongest.filter(({ status }) => status === 'above');
  await addFindings(
    scan,
    above.map(({ split, attribute, group, column, auc, lower }) => ({
      split,
      rule: `${attribute}: ${column ?? 'all columns together'}`,
      detail: `AUC ${auc.toFixed(4)} of ${group}, at least ${lower.toFixed(4)}`,
    })),
  );
  return outcomeOfDecided(
    'columns',
    {
      failing: above.length,
      undecided: strongest.flatMap(({ status, attribute, column, auc, upper }) =>
        status === 'undecided'
          ? `${attribute} by ${column ?? 'all columns'}, AUC ${auc.toFixed(4)}, at most ${upper.toFixed(4)}; more rows would settle it`
          : [],
      ),
      total: strongest.length,
    },
    `(and all together) tell a protected attribute with an AUC above ${limits(parameters)}`,
    { measured: judged, notJudged },
  );
}

type Measured = Pick<MeasuredProxy, 'group' | 'column' | 'stat'>;

/** Each group of enough rows against all others, by each column and by all; or why it cannot be done. */
function measureAttribute(
  coded: ReadonlyMap<string, CodedColumn>,
  attribute: string,
  { from, folds, minRows }: ProxyLimits,
): { measured: Measured[] | string; notJudged: { group: string; rows: number }[] } {
  const { codes: all, names } = coded.get(attribute)!;
  // Of a row without the attribute nobody knows its group.
  const known = Array.from(all.keys()).filter((row) => names[all[row]!] !== null);
  const group = Int32Array.from(known, (row) => all[row]!);
  const counts = names.map((name, code) => ({ name, code, rows: 0 }));
  for (const code of group) counts[code]!.rows++;
  const present = counts.filter(({ name, rows }) => name !== null && rows > 0);
  const judged = present.filter(({ rows }) => rows >= minRows && group.length - rows >= minRows);
  const notJudged = present
    .filter((one) => !judged.includes(one))
    .map(({ name, rows }) => ({ group: name!, rows }));
  if (judged.length === 0)
    return { measured: `no group of ${attribute} has ${minRows} rows, and as many others`, notJudged };
  const told = from.filter((name) => name !== attribute);
  if (group.length * told.length * judged.length > MAX_RANKED)
    return { measured: `${attribute} has too many groups to rank so many rows and columns`, notJudged };
  const rows = {
    codes: told.map((name) => Int32Array.from(known, (row) => coded.get(name)!.codes[row]!)),
    sizes: told.map((name) => coded.get(name)!.names.length),
    fold: foldsOf(group, folds),
    folds,
  };
  // Of two groups each is the other's others: the ranking of one is that of both.
  const asked = present.length === 2 ? judged.slice(0, 1) : judged;
  const measured: Measured[] = [];
  for (const { name, code } of asked) {
    const member = Uint8Array.from(group, (one) => (one === code ? 1 : 0));
    for (const [j, stat] of naiveBayesAuc(rows, member).entries()) {
      if (stat === null) return { measured: `a fold has no row beside those of ${name}`, notJudged };
      measured.push({ group: name!, column: told[j] ?? null, stat });
    }
  }
  return { measured, notJudged };
}

/** Of each column and attribute the group that decides: one above the limit, or else one that is undecided, or else any. */
function strongestOf(judged: readonly JudgedProxy[]): JudgedProxy[] {
  const rank = { above: 2, undecided: 1, within: 0 };
  const best = new Map<string, JudgedProxy>();
  for (const one of judged) {
    const key = JSON.stringify([one.split, one.attribute, one.column]);
    const held = best.get(key);
    if (!held || rank[one.status] > rank[held.status] || (one.status === held.status && one.auc > held.auc))
      best.set(key, one);
  }
  return [...best.values()];
}

const limits = ({ atMost, atMostTogether }: ProxyLimits) =>
  atMost === atMostTogether ? `${atMost}` : `${atMost} (together ${atMostTogether})`;
