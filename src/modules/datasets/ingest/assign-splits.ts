import { createHmac } from 'node:crypto';
import {
  assignByCuts,
  assignByHash,
  assignByShares,
  assignGroups,
  assignStratified,
  Draw,
} from '../../../domain/splitting/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import type { SplitPlan } from '../push-plan.js';
import type { SplitBy, SplitRecord } from '../split-by.js';
import type { RoleColumns } from './check-rows.js';
import type { RowsFile } from './rows-file.js';
import { RowsToSplit } from './rows-to-split.js';
import { writeSplits } from './write-splits.js';

export interface AssignedSplits {
  files: RowsFile[];
  record: SplitRecord;
}

interface Assigned {
  splits: Uint8Array;
  cuts: string[] | null;
}

/**
 * Deal the rows of one file out to splits: by hashes of keys (of whole rows without a key), never by their places, so that the
 * same rows and the same seed give the same splits. Throws SPLIT_COLUMN_NULL, SPLIT_GROUP_TOO_LARGE, SPLIT_CUTS_INVALID, SPLIT_EMPTY.
 */
export async function assignSplits(
  db: DuckSession,
  whole: RowsFile,
  plan: { splits: readonly SplitPlan[]; splitBy: SplitBy },
  columns: readonly DatasetColumn[],
  roles: RoleColumns,
  projectKey: Uint8Array,
): Promise<AssignedSplits> {
  const { splits, splitBy } = plan;
  // Whoever could compute the draws could tell by a row's split on which side of its class's threshold it lies, and so its class.
  const keyed =
    roles.label !== null && splitBy.column === roles.label.name && splits.some(({ sealed }) => sealed);
  const secret = keyed ? createHmac('sha256', projectKey).update('assay/split/v1').digest() : undefined;
  const rows = new RowsToSplit(db, whole, columns, roles, new Draw(splitBy.seed, secret));
  const { splits: assigned, cuts } = await assignedBy(rows, splitBy);
  const counts = splits.map(() => 0);
  for (const split of assigned) counts[split]! += 1;
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    throw new InvalidInputError(
      'SPLIT_EMPTY',
      `split ${splits[empty]!.name} gets none of the ${whole.rows} rows; expected at least one`,
      { remedy: 'Give it a larger share, other cuts or another seed, or push more rows.' },
    );
  }
  const files = await writeSplits(db, whole, splits, assigned, counts, columns.length);
  return { files, record: { ...splitBy, cuts, version: 1, keyed } };
}

async function assignedBy(rows: RowsToSplit, splitBy: SplitBy): Promise<Assigned> {
  const { method, column, cuts } = splitBy;
  const shares = (splitBy.shares ?? []).map(({ share }) => share);
  const named = column ?? '';
  const only = (splits: Uint8Array): Assigned => ({ splits, cuts: null });
  switch (method) {
    case 'random':
      return only(assignByShares(await rows.draws(null), shares));
    case 'hash':
      return only(assignByHash(await rows.draws(named), shares));
    case 'stratified':
      return only(assignStratified(await rows.draws(null), (await rows.values(named)).of, shares));
    case 'group': {
      const { of, texts, sizes } = await rows.values(named);
      const found = assignGroups(
        sizes,
        texts.map((text) => rows.draw.of(text)),
        shares,
      );
      if (!found.ok) throw groupTooLarge(named, texts[found.tooLarge]!, sizes[found.tooLarge]!, found.most);
      return only(Uint8Array.from(of, (group) => found.splits[group]!));
    }
    case 'time': {
      const times = await rows.times(named, cuts ?? shares);
      return { splits: assignByCuts(times.of, times.cuts), cuts: times.texts };
    }
  }
}

const groupTooLarge = (column: string, group: string, size: number, most: number) =>
  new InvalidInputError(
    'SPLIT_GROUP_TOO_LARGE',
    `group ${JSON.stringify(group.slice(0, 100))} of ${JSON.stringify(column)} has ${size} rows, and the largest split is to have ${most}: it fits into none`,
    { remedy: 'Give one split a larger share, or split by another column.', column, rows: size },
  );
