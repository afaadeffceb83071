import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnType } from './column-type.js';
import { contentId, type ContentSchema, type ContentSplit } from './content-id.js';
import { RowEncoder } from './encode-row.js';
import { encodeValue } from './encode-value.js';
import { parseAs } from './parse-value.js';
import { splitRoot } from './split-root.js';

const SCRIPT = fileURLToPath(new URL('../../../docs/recompute-content-id.mjs', import.meta.url));
const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/encoding.json', import.meta.url), 'utf8'),
) as {
  values: { type: ColumnType; csv: string | null }[];
  datasets: {
    name: string;
    contentId: string;
    splits: { name: string; csv: string }[];
    document: { schema: ContentSchema; splits: ContentSplit[] };
  }[];
};

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'assay-recompute-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Stated {
  contentId: string;
  schema: ContentSchema;
  splits: readonly ContentSplit[];
}

/** What the script says of these files, and whether it finds the stated id. */
function recompute(stated: Stated, files: Record<string, string>): { agrees: boolean; said: string } {
  const version = join(folder, 'version.json');
  writeFileSync(version, JSON.stringify(stated));
  const given = Object.entries(files).map(([name, csv]) => {
    writeFileSync(join(folder, `${name}.csv`), csv);
    return `${name}=${join(folder, `${name}.csv`)}`;
  });
  try {
    return { agrees: true, said: execFileSync(process.execPath, [SCRIPT, version, ...given]).toString() };
  } catch (error) {
    return { agrees: false, said: String((error as { stdout?: unknown }).stdout) };
  }
}

const quoted = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`);

/** A version of one split without a key, as the service computes it, and its file. */
function versionOf(columns: readonly { name: string; type: ColumnType }[], rows: (string | null)[][]) {
  const encoder = new RowEncoder(columns);
  const unkeyed = rows.map((row) => encoder.leaf(columns.map(({ type }, i) => parseAs(type, row[i]!))));
  const schema = { columns };
  const splits = [
    { name: 'train', role: 'train', sealed: false, rows: rows.length, root: splitRoot({ unkeyed }) },
  ];
  const csv = [columns.map(({ name }) => name), ...rows].map((row) => row.map(quoted).join(',')).join('\n');
  return { stated: { contentId: contentId(schema, splits), schema, splits }, csv: `${csv}\n` };
}

describe('the script that recomputes a content id with nothing of Assay', () => {
  it.each(vectors.datasets.map((dataset) => [dataset.name, dataset] as const))(
    'finds the id of the vector %s',
    (_name, { contentId: id, document, splits }) => {
      const files = Object.fromEntries(splits.map(({ name, csv }) => [name, csv]));
      const stated = { contentId: id, schema: document.schema, splits: document.splits };
      const { agrees, said } = recompute(stated, files);
      expect([said, agrees]).toEqual([expect.stringContaining(`content id ${id}: as stated`), true]);
    },
  );

  it.each([...new Set(vectors.values.map(({ type }) => type))])('finds every %s of the vectors', (type) => {
    const texts = vectors.values.filter((value) => value.type === type).map(({ csv }) => csv);
    const { stated, csv } = versionOf(
      [{ name: 'x', type }],
      texts.map((text) => [text]),
    );
    expect(recompute(stated, { train: csv })).toMatchObject({ agrees: true });
  });

  it('finds any doubles, integers and texts', () => {
    const row = fc.tuple(
      // Not as integers: those of more digits than a double has are refused.
      fc.double().map((x) => (Number.isFinite(x) ? x.toExponential() : String(x))),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      fc.option(fc.string({ unit: 'binary' })),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 200 }), (rows) => {
        const columns = (['double', 'int64', 'text'] as const).map((type) => ({ name: `a ${type}`, type }));
        const { stated, csv } = versionOf(columns, rows);
        expect(recompute(stated, { train: csv })).toMatchObject({ agrees: true });
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  it('finds another id where one cell differs, and says which split', () => {
    const { stated, csv } = versionOf([{ name: 'x', type: 'double' }], [['1.5'], ['2.5']]);
    const { agrees, said } = recompute(stated, { train: csv.replace('2.5', '2.25') });
    expect([agrees, said]).toEqual([false, expect.stringContaining(`stated is ${stated.contentId}`)]);
    expect(said).not.toContain(stated.splits[0]!.root);
    expect(encodeValue('double', 2.25).toString()).toBe('f6:225e-2');
  });
});
