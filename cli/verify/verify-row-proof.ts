import { digestOfJson } from './canonical.js';
import { encodeRow, encodeText } from './encode-row.js';
import { isObject, messageOf, type Json } from './json-shape.js';
import { type Code, ReportBuilder, type VerifyOptions, type VerifyReport } from './report.js';
import { readRowProof, type RowProof } from './row-proof-shape.js';
import { hashLeaf, rootOfPath } from './tree.js';
import { checkBody, checkInclusion, checkKey, type Proof, readProof } from './verify-bundle.js';

/**
 * Checks, offline, that a row is in a split of a dataset version or is not: each row's values are encoded and hashed again, lead to
 * the split's root, that stands in the document whose digest is the content id, and the audit log's entry names that id.
 */
export function verifyRowProof(value: unknown, { pinnedPublicKey }: VerifyOptions = {}): VerifyReport {
  const builder = new ReportBuilder();
  const proof = readRowProof(value);
  if ('wrong' in proof) {
    fail(
      builder,
      'form',
      'ROW_PROOF_MALFORMED',
      proof.wrong,
      `expected ${proof.wrong} to be ${proof.expected}`,
    );
    return builder.report();
  }
  const audit = readProof(builder, (value as Json).audit);
  if (!audit) return builder.report();
  checkContent(builder, proof);
  const orders = checkRows(builder, proof);
  if (orders) checkClaim(builder, proof, orders);
  checkVersion(builder, proof, audit);
  checkBody(builder, audit);
  checkInclusion(builder, audit);
  checkKey(builder, audit, pinnedPublicKey);
  return builder.report();
}

function checkContent(builder: ReportBuilder, { content, contentId }: RowProof): void {
  const digest = digestOfJson(content);
  if (digest !== contentId)
    return fail(
      builder,
      'content',
      'CONTENT_ALTERED',
      'content',
      `its digest is ${digest}, not ${contentId}`,
    );
  builder.passed('content', `has the content id ${contentId}`);
}

/** What each row is ordered by, where all of them lead to the root. */
function checkRows(builder: ReportBuilder, proof: RowProof): Buffer[] | undefined {
  const { rows, erased, columns, keyColumn, split } = proof;
  const orders: Buffer[] = [];
  for (const [i, { index, values, commitment, hashes }] of rows.entries()) {
    const field = `rows[${i}]`;
    try {
      const leaf = hashLeaf(encodeRow(columns, values, commitment));
      const path = hashes.map((hash) => Buffer.from(hash, 'hex'));
      if (rootOfPath(leaf, index, split.rows, path)?.toString('hex') !== split.root)
        throw new Error(`values, index and hashes do not lead to the root of split ${split.name}`);
      orders.push(keyColumn ? Buffer.from(encodeText(keyColumn.type, values[keyColumn.name]!)) : leaf);
    } catch (error) {
      fail(builder, 'rows', 'ROW_ALTERED', field, messageOf(error));
      return undefined;
    }
  }
  for (const [i, { index, leaf, hashes }] of erased.entries()) {
    const path = hashes.map((hash) => Buffer.from(hash, 'hex'));
    const root = rootOfPath(Buffer.from(leaf, 'hex'), index, split.rows, path)?.toString('hex');
    if (root === split.root) continue;
    const reason = `leaf, index and hashes do not lead to the root of split ${split.name}`;
    fail(builder, 'rows', 'ROW_ALTERED', `erased[${i}]`, reason);
    return undefined;
  }
  builder.passed(
    'rows',
    `${rows.length + erased.length} of ${split.rows} rows of ${split.name} lead to its root ${split.root}`,
  );
  return orders;
}

function checkClaim(builder: ReportBuilder, proof: RowProof, orders: readonly Buffer[]): void {
  const problem = claimProblem(proof, orders);
  if (problem !== undefined) return fail(builder, 'claim', 'ROW_CLAIM_UNPROVED', 'rows', problem);
  const { included, erased, split, key, leaf, contentId } = proof;
  const what = key === null ? `the row of leaf ${leaf}` : `the row of key ${JSON.stringify(key)}`;
  const places = erased.map(({ index }) => index);
  builder.passed(
    'claim',
    `${what} is ${included ? '' : 'not '}in ${split.name} of content ${contentId}${erased.length === 0 ? '' : `, or it is erased: of places ${places.join(', ')} the leaf is all that is left`}`,
  );
}

function claimProblem(
  { included, rows, erased, split, key, leaf, keyColumn }: RowProof,
  orders: readonly Buffer[],
): string | undefined {
  let wanted: Buffer;
  try {
    wanted = keyColumn ? Buffer.from(encodeText(keyColumn.type, key)) : Buffer.from(leaf!, 'hex');
  } catch (error) {
    return messageOf(error);
  }
  const [first, second] = rows;
  if (rows.length > 2) return `expected one or two rows, found ${rows.length}`;
  if (!included && erased.length > 0) {
    const from = first && Buffer.compare(orders[0]!, wanted) < 0 ? first.index + 1 : 0;
    const last = rows.at(-1);
    const to = last && Buffer.compare(orders.at(-1)!, wanted) > 0 ? last.index : split.rows;
    if (rows.length !== Number(from > 0) + Number(to < split.rows) || to - from !== erased.length)
      return 'the erased places do not fill what is between the rows around it';
    return erased.every(({ index }, i) => index === from + i)
      ? undefined
      : 'the erased places do not stand side by side';
  }
  if (!first) return 'expected one or two rows, found none';
  if (erased.length > 0) return 'a row that is there is not erased';
  const sides = orders.map((order) => Buffer.compare(order, wanted));
  if (included)
    return rows.length === 1 && sides[0] === 0 ? undefined : 'the row is not the one that was asked for';
  if (second) {
    if (second.index !== first.index + 1) return 'the two rows do not stand side by side';
    return sides[0]! < 0 && sides[1]! > 0 ? undefined : 'the row would not stand between these two';
  }
  if (first.index === 0 && sides[0]! > 0) return undefined;
  if (first.index === split.rows - 1 && sides[0]! < 0) return undefined;
  return 'the row would not stand beyond this one, or this one is not at the edge';
}

/** Without a body the entry says only which version it is about. */
function checkVersion(builder: ReportBuilder, { contentId }: RowProof, { leaf, body }: Proof): void {
  const subject = isObject(leaf.subject) ? leaf.subject : {};
  if (subject.kind !== 'datasetVersion' || leaf.action !== 'dataset.version.created')
    return fail(
      builder,
      'version',
      'CONTENT_ALTERED',
      'audit.leaf',
      'the entry is not that of a dataset version',
    );
  if (!body)
    return builder.passed(
      'version',
      `the entry is of dataset version ${String(subject.id)}; its body, which names the content id, goes to auditors alone: nothing ties the content id to the log here`,
    );
  if (body.contentId !== contentId)
    return fail(
      builder,
      'version',
      'CONTENT_ALTERED',
      'audit.body.contentId',
      `the entry names the content id ${String(body.contentId)}, not ${contentId}`,
    );
  builder.passed(
    'version',
    `${String(body.dataset)}@${String(body.version)} was recorded with this content id`,
  );
}

function fail(builder: ReportBuilder, name: string, code: Code, field: string, reason: string): void {
  builder.failed(name, code, { index: null, field, reason });
}
