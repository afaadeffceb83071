import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type DuckSession, identifier, literal, rowsOfParts } from '../../../platform/duckdb/index.js';
import type { BlobFacts } from '../../../platform/storage/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import { parquetOptions } from '../ingest/rows-file.js';
import type { SplitStores } from '../ingest/split-files.js';
import { comparable } from '../ingest/typed-sql.js';
import type { SplitManifest } from '../split-manifest.js';
import { openParts } from '../split-parts.js';

/** SQL that holds for rows of `subjects`, over columns under their own names. */
export function isOfSubjects(column: DatasetColumn, subjects: ReadonlySet<string>): string {
  if (subjects.size === 0) return 'false';
  const value = comparable(column.type, identifier(column.name));
  return `coalesce(${value} IN (${[...subjects].map(literal).join(', ')}), false)`;
}

/** Chunks of columns without some rows; those that have none of them are as they were. */
export async function eraseColumns(
  db: DuckSession,
  { blobs }: SplitStores,
  parts: SplitManifest['public'],
  theirs: string,
  width: number,
): Promise<SplitManifest['public']> {
  const left: SplitManifest['public'] = [];
  for (const part of parts) {
    const from = rowsOfParts(await openParts(blobs, [part]));
    const [count] = await db.rows<{ n: number }>(
      `SELECT count(*)::DOUBLE AS n FROM ${from} WHERE NOT ${theirs}`,
    );
    const rows = count?.n ?? 0;
    if (rows === part.rows) {
      left.push(part);
      continue;
    }
    const path = join(db.scratch, `${randomUUID()}.parquet`);
    await db.run(
      `COPY (SELECT * FROM ${from} WHERE NOT ${theirs}) TO ${literal(path)} (${parquetOptions(width)})`,
    );
    const { digest, size } = await blobs.putFile(path);
    left.push({ digest, bytes: size, rows });
  }
  // Where no row is left, one chunk says what the columns were.
  const some = left.filter(({ rows }) => rows > 0);
  return some.length > 0 ? some : left.slice(0, 1);
}

/** The sealed labels of a split without those of some rows, stored under another nonce. */
export async function eraseLabels(
  db: DuckSession,
  { blobs, sealedFiles }: SplitStores,
  labels: string,
  parts: SplitManifest['public'],
  key: string,
  theirs: string,
): Promise<BlobFacts> {
  const rows = rowsOfParts(await openParts(blobs, parts));
  const from = `read_parquet(${literal(await sealedFiles.openedIn(db.scratch, labels))})`;
  const path = join(db.scratch, `${randomUUID()}.parquet`);
  await db.run(
    `COPY (SELECT * FROM ${from} ANTI JOIN (SELECT ${identifier(key)} AS key FROM ${rows} WHERE ${theirs}) USING (key) ORDER BY key)
     TO ${literal(path)} (${parquetOptions(2)})`,
  );
  return sealedFiles.putFile(path);
}
