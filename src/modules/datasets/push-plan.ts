import { COLUMN_TYPES, type ColumnType } from '../../domain/canonical/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import type { PlannedEdge } from './columns/column-edge.js';
import { checkedName } from './dataset-name.js';
import type { DatasetDigest } from './digests/dataset-digest.js';
import { type DigestRequest, planDigests } from './digests/plan-digests.js';
import { fileOfSplit, type SplitFileRequest } from './references/file-of-split.js';
import { type DataPlaces, NO_PLACES, type SplitReference } from './references/split-reference.js';
import { planSplitBy, type SplitBy, type SplitByRequest } from './split-by.js';
import { SPLIT_FORMATS, type SplitFormat } from './split-format.js';
import { SPLIT_ROLE_NAMES, SPLIT_ROLES, type SplitRole } from './split-role.js';

export const MAX_SPLITS = 50;
export const DEFAULT_LOOKS = 20;

export interface SplitRequest extends SplitFileRequest {
  name: string;
  role: string;
  domain?: string | null;
  /** Of the rows of one file that all splits name, in (0, 1). */
  share?: number | null;
  sealed?: boolean | null;
  format?: string | null;
}

/** What a client asks for. Absent and null are the same. */
export interface PushRequest {
  splits: SplitRequest[];
  /** How Assay makes the splits out of one file; absent: each split has a file. */
  splitBy?: SplitByRequest | null;
  key?: string | null;
  label?: string | null;
  protected?: string[] | null;
  group?: string | null;
  time?: string | null;
  declaredTypes?: Record<string, unknown> | null;
  looks?: number | null;
  parent?: string | null;
  message?: string | null;
  source?: string | null;
  /** Names of sources that rows come from. */
  sources?: string[] | null;
  /** The column whose values are names of sources. */
  sourceColumn?: string | null;
  /** The column that says whom a row is about. */
  subject?: string | null;
  /** Where its columns come from: a columnLineage facet of OpenLineage, or Assay's short form. */
  columnLineage?: unknown;
  /** What other tools call it. */
  digests?: DigestRequest[] | null;
}

export interface SplitPlan {
  name: string;
  role: SplitRole;
  domain: string | null;
  /** Null where the split is pushed by reference. */
  uploadId: string | null;
  reference: SplitReference | null;
  sealed: boolean;
  /** Null where the file tells; jobs from before formats have none. */
  format?: SplitFormat | null;
}

/** A request that can be carried out as far as anybody can say without its files. */
export interface PushPlan {
  dataset: string;
  splits: SplitPlan[];
  /** Null: each split has a file. */
  splitBy: SplitBy | null;
  key: string | null;
  label: string | null;
  protected: string[];
  group: string | null;
  time: string | null;
  declaredTypes: Record<string, ColumnType>;
  looks: number;
  parentId: string | null;
  message: string | null;
  source: string | null;
  sources: string[];
  sourceColumn: string | null;
  subject: string | null;
  /** Plans from before there was column lineage have none, nor digests. */
  columnLineage?: PlannedEdge[];
  digests?: DatasetDigest[];
}

/** Check a push before its job exists, so that a mistake is answered at once. */
export function planPush(
  dataset: string,
  request: PushRequest,
  places: DataPlaces = NO_PLACES,
): Omit<PushPlan, 'parentId' | 'columnLineage'> {
  const { key = null, label = null, group = null, time = null } = request;
  const { sourceColumn = null, subject = null } = request;
  const protectedColumns = request.protected ?? [];
  oneRoleEach([
    ['key', key],
    ['label', label],
    ...protectedColumns.map((name): [string, string] => ['protected', name]),
    ['group', group],
    ['time', time],
  ]);
  notTheLabel(label, { subject, source: sourceColumn });
  const splits = planSplits(request.splits, places);
  const splitBy = planSplitBy(request);
  const sealed = splits.find((split) => split.sealed);
  if (sealed && (key === null || label === null)) {
    throw new InvalidInputError(
      'SEALED_SPLIT_NEEDS_KEY_AND_LABEL',
      `split ${sealed.name} is sealed, but the push names no ${key === null ? 'key' : 'label'} column`,
      { remedy: 'Name key and label columns, or push the split with "sealed": false.' },
    );
  }
  return {
    dataset: checkedName(dataset, 'dataset'),
    splits,
    splitBy,
    key,
    label,
    protected: protectedColumns,
    group,
    time,
    declaredTypes: checkedTypes(request.declaredTypes ?? {}),
    looks: request.looks ?? DEFAULT_LOOKS,
    message: request.message ?? null,
    source: request.source ?? null,
    sources: [...new Set(request.sources ?? [])],
    sourceColumn,
    subject,
    digests: planDigests(request.digests ?? [], splits),
  };
}

function planSplits(requested: readonly SplitRequest[], places: DataPlaces): SplitPlan[] {
  if (requested.length === 0 || requested.length > MAX_SPLITS) {
    throw new InvalidInputError(
      'SPLITS_INVALID',
      `the push has ${requested.length} splits; expected 1 to ${MAX_SPLITS}`,
    );
  }
  const seen = new Set<string>();
  return requested.map(({ name, role, domain = null, sealed, format = null, ...file }) => {
    checkedName(name, 'split');
    if (seen.has(name.toLowerCase())) {
      throw new InvalidInputError(
        'SPLIT_DUPLICATED',
        `two splits are named ${name}; expected names that differ in more than case`,
      );
    }
    seen.add(name.toLowerCase());
    if (!isRole(role)) {
      throw new InvalidInputError(
        'SPLIT_ROLE_INVALID',
        `split ${name} has the role ${JSON.stringify(role)}; expected ${SPLIT_ROLE_NAMES.join(', ')}`,
      );
    }
    const facts = SPLIT_ROLES[role];
    if (domain !== null) checkedName(domain, 'domain');
    if (domain === null && facts.needsDomain) {
      throw new InvalidInputError(
        'SPLIT_DOMAIN_MISSING',
        `split ${name} has the role ${role} and names no domain`,
        {
          remedy: `Say where its rows come from: ${role}:DOMAIN=FILE on the command line, "domain" in the API.`,
        },
      );
    }
    return {
      name,
      role,
      domain,
      ...fileOfSplit(name, file, places),
      sealed: sealed ?? facts.sealed,
      format: checkedFormat(name, format),
    };
  });
}

function checkedFormat(split: string, format: string | null): SplitFormat | null {
  if (format === null || (SPLIT_FORMATS as readonly string[]).includes(format))
    return format as SplitFormat | null;
  throw new InvalidInputError(
    'SPLIT_FORMAT_INVALID',
    `split ${split} has the format ${JSON.stringify(format.slice(0, 40))}; expected ${SPLIT_FORMATS.join(', ')}`,
    { remedy: 'Leave it out: the format is seen from the file. gzip and zstd are found too.' },
  );
}

function isRole(role: string): role is SplitRole {
  return (SPLIT_ROLE_NAMES as string[]).includes(role);
}

function oneRoleEach(roles: readonly (readonly [role: string, column: string | null])[]): void {
  const seen = new Map<string, string>();
  for (const [role, column] of roles) {
    if (column === null) continue;
    const other = seen.get(column);
    if (other !== undefined) {
      throw new InvalidInputError(
        'COLUMN_ROLES_CONFLICT',
        `column ${JSON.stringify(column)} is both ${other} and ${role}; expected one role`,
      );
    }
    seen.set(column, role);
  }
}

/** Whatever else these columns are: they are indexed in the open, and a label may be sealed. */
function notTheLabel(label: string | null, named: Record<string, string | null>): void {
  for (const [role, column] of Object.entries(named)) {
    if (column === null || column !== label) continue;
    throw new InvalidInputError(
      'COLUMN_ROLES_CONFLICT',
      `column ${JSON.stringify(column)} is both label and ${role}; expected another column`,
    );
  }
}

function checkedTypes(declared: Record<string, unknown>): Record<string, ColumnType> {
  for (const [column, type] of Object.entries(declared)) {
    if (!(COLUMN_TYPES as readonly unknown[]).includes(type)) {
      throw new InvalidInputError(
        'DECLARED_TYPE_INVALID',
        `column ${JSON.stringify(column)} is declared ${JSON.stringify(type)}; expected ${COLUMN_TYPES.join(', ')}`,
      );
    }
  }
  return declared as Record<string, ColumnType>;
}
