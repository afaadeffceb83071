import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { UnitOfWork } from '../../../platform/database/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import type { SplitSource } from '../references/fetch-reference.js';

/** Rows that are read from the database together. */
const TOGETHER = 1_000;

/** What was written, and the rows that were left out: of subjects whose consent was withdrawn, or without content. */
export interface WrittenSample {
  file: SplitSource;
  rows: number;
}

/**
 * The rows of a sample in the order in which they were offered, as JSON lines with every value as a text, so that each is read as it came.
 * Rows of `withdrawn` subjects (lookups in hexadecimal) are left out.
 */
export async function writeWaitingRows(
  units: UnitOfWork,
  sample: { planId: string; no: number },
  columns: readonly DatasetColumn[],
  withdrawn: ReadonlySet<string>,
  path: string,
): Promise<WrittenSample> {
  const names = columns.map(({ name }) => JSON.stringify(name));
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let [rows, size, after] = [0, 0, '0'];
  try {
    for (;;) {
      const page = await units.read((tx) =>
        tx.query<{ ordinal: string; lookup: string | null; fields: (string | null)[] }>(
          `SELECT ordinal, encode(subject_lookup, 'hex') AS lookup, fields FROM sampled_row
           WHERE plan_id = $1 AND sample_no = $2 AND ordinal > $3 AND fields IS NOT NULL ORDER BY ordinal LIMIT $4`,
          [sample.planId, sample.no, after, TOGETHER],
        ),
      );
      const kept = page.filter(({ lookup }) => lookup === null || !withdrawn.has(lookup));
      const text = kept.map(({ fields }) => line(names, fields)).join('');
      hash.update(text);
      size += (await file.write(text)).bytesWritten;
      rows += kept.length;
      if (page.length < TOGETHER) break;
      after = page.at(-1)!.ordinal;
    }
  } finally {
    await file.close();
  }
  const filename = `sample-${sample.no}.jsonl`;
  const source = { id: null, digest: hash.digest('hex'), size, filename };
  return { file: { ...source, fetched: { url: filename, path } }, rows };
}

const line = (names: readonly string[], fields: readonly (string | null)[]): string =>
  `{${names.map((name, i) => `${name}:${JSON.stringify(fields[i] ?? null)}`).join(',')}}\n`;
