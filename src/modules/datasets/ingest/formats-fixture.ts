import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ColumnType } from '../../../domain/canonical/index.js';
import { AssayConfig } from '../../../platform/config/index.js';
import { Duck, type DuckSession, literal } from '../../../platform/duckdb/index.js';
import { planPush } from '../push-plan.js';
import { inferColumns } from './infer-columns.js';
import { openSplit } from './open-split.js';
import { columnAt, type RowsFile } from './rows-file.js';
import { sharedColumns } from './schema-of.js';

const VECTORS = join(import.meta.dirname, '../../../../test/vectors/formats');
export const vector = (name: string) => readFileSync(join(VECTORS, name));

export type Content = string | Buffer;
export type Declared = Record<string, ColumnType>;

let home: string;
export let db: DuckSession;
let end: () => void;
let over: Promise<void>;
let uploads = 0;
/** Opens the database of a spec file; answers what closes it. */
export async function openDatabase(): Promise<() => Promise<void>> {
  home = await mkdtemp(join(tmpdir(), 'assay-formats-'));
  const duck = new Duck(AssayConfig.fromEnvironment({ ASSAY_HOME: home }));
  await new Promise<void>((opened) => {
    over = duck.with(async (session) => {
      db = session;
      opened();
      await new Promise<void>((resolve) => (end = resolve));
    });
  });
  return async () => {
    end();
    await over;
    await rm(home, { recursive: true, force: true });
  };
}

export interface Read {
  types: Record<string, ColumnType>;
  files: RowsFile[];
}

/** One split per file, each named after its place. */
export async function read(
  contents: Content[],
  declared: Declared = {},
  { maxBytes = 1e8, format, label }: { maxBytes?: number; format?: string; label?: string } = {},
): Promise<Read> {
  const splits = contents.map((_, i) => ({
    name: `s${i + 1}`,
    role: 'train',
    uploadId: '',
    format,
    sealed: label !== undefined,
  }));
  const plan = planPush('test', { splits, declaredTypes: declared, ...(label && { label, key: 'id' }) });
  const opened = [];
  for (const [i, split] of plan.splits.entries()) {
    // DuckDB keeps what it read of a path.
    const path = join(db.scratch, `upload-${(uploads += 1)}`);
    await writeFile(path, contents[i]!);
    await rm(join(db.scratch, `unpacked-${split.name}`), { force: true });
    opened.push(await openSplit(db, path, split, declared, maxBytes));
  }
  const names = sharedColumns(opened.map((each, i) => ({ split: plan.splits[i]!.name, names: each.names })));
  const files: RowsFile[] = [];
  for (const each of opened) files.push(await each.read(names));
  const found = await inferColumns(db, files, names, declared, label ?? null);
  return { types: Object.fromEntries(names.map((name, i) => [name, found[i]!])), files };
}

export async function texts({ types, files }: Read): Promise<Record<string, unknown[]>> {
  const rows = await Promise.all(files.map(({ from }) => db.rows(`SELECT * FROM ${from} ORDER BY row`)));
  return Object.fromEntries(
    Object.keys(types).map((name, i) => [name, rows.flat().map((row) => row[columnAt(i)])]),
  );
}

export async function refusal(...args: Parameters<typeof read>) {
  const error: unknown = await read(...args).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error as { code: string; message: string };
}

export async function parquet(select: string): Promise<Buffer> {
  const path = join(db.scratch, 'made.parquet');
  await db.run(`COPY (${select}) TO ${literal(path)} (FORMAT parquet)`);
  return readFile(path);
}
