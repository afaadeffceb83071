import { canonicalJson, digestOf } from './canonical-json.js';
import { ENCODING_VERSION } from './encode-value.js';
import { compareNames, type Column } from './encode-row.js';
import { EncodingError } from './encoding-error.js';

/** Columns and the roles that some of them have. Roles that no column has are left out of the document. */
export interface ContentSchema {
  columns: readonly Column[];
  key?: string | null;
  label?: string | null;
  protected?: readonly string[];
  /** The entity that rows belong to. */
  group?: string | null;
  time?: string | null;
  /** What a prediction of the label is: `binary`, `multiclass`, `regression`. */
  target?: string | null;
}

export interface ContentSplit {
  name: string;
  role: string;
  /** Where the rows come from, for splits of other domains. */
  domain?: string | null;
  sealed: boolean;
  rows: number;
  /** Lowercase hex root of `splitRoot`. */
  root: string;
}

/** The document whose digest is the content id. Anything that is not content (who, when, why) stays outside. */
export function contentDocument(schema: ContentSchema, splits: readonly ContentSplit[]): object {
  unique(
    'COLUMN_DUPLICATED',
    schema.columns.map(({ name }) => name),
  );
  unique(
    'SPLIT_DUPLICATED',
    splits.map(({ name }) => name),
  );
  const columns = [...schema.columns].sort((a, b) => compareNames(a.name, b.name));
  return {
    encoding: ENCODING_VERSION,
    schema: {
      columns: columns.map(({ name, type }) => ({ name, type })),
      ...given('key', schema.key),
      ...given('label', schema.label),
      ...(schema.protected?.length ? { protected: [...schema.protected].sort(compareNames) } : {}),
      ...given('group', schema.group),
      ...given('time', schema.time),
      ...given('target', schema.target),
    },
    splits: [...splits]
      .sort((a, b) => compareNames(a.name, b.name))
      .map(({ name, role, domain, sealed, rows, root }) => ({
        name,
        role,
        domain: domain ?? null,
        sealed,
        rows,
        root,
      })),
  };
}

/** Lowercase hex SHA-256 of the canonical content document: the same schema and rows give the same id. */
export function contentId(schema: ContentSchema, splits: readonly ContentSplit[]): string {
  return digestOf(contentDocument(schema, splits));
}

function given(role: string, value: string | null | undefined): object {
  return value === null || value === undefined ? {} : { [role]: value };
}

function unique(code: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new EncodingError(code, `${canonicalJson(name)} occurs twice`, name);
    seen.add(name);
  }
}
