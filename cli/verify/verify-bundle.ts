import { canonicalText, digestOfJson } from './canonical.js';
import { isHash, isObject, messageOf, unknownMember, type Json } from './json-shape.js';
import { openCheckpoint, readVerifierKey } from './note.js';
import { ReportBuilder, type Code, type VerifyOptions, type VerifyReport } from './report.js';
import { hashLeaf, rootOfPath } from './tree.js';

export const DECISION_BUNDLE = 'assay/decision-bundle/v1';
const PROOF_MEMBERS = ['leaf', 'body', 'index', 'treeSize', 'hashes', 'checkpoint', 'publicKey'];
const FORM = 'form';
const CODES = {
  form: 'BUNDLE_MALFORMED',
  decision: 'DECISION_ALTERED',
  body: 'AUDIT_ENTRY_ALTERED',
  checkpoint: 'AUDIT_CHECKPOINT_ALTERED',
  key: 'AUDIT_KEY_UNKNOWN',
} as const satisfies Record<string, Code>;

export interface Proof {
  leaf: Json;
  body: Json | null;
  index: number;
  treeSize: number;
  hashes: string[];
  checkpoint: string;
  publicKey: string;
}

/**
 * Checks, offline, a decision with its audit proof, or an audit proof alone: the decision's digest is what the entry
 * recorded, the entry is what the leaf committed to, the leaf is in the tree, the tree's root is signed.
 */
export function verifyBundle(bundle: unknown, { pinnedPublicKey }: VerifyOptions = {}): VerifyReport {
  const builder = new ReportBuilder();
  const isDecision = isObject(bundle) && 'kind' in bundle;
  const proof = isDecision ? proofOfDecision(builder, bundle) : readProof(builder, bundle);
  if (!proof) return builder.report();
  if (isDecision) checkDecision(builder, bundle, proof);
  checkBody(builder, proof);
  checkInclusion(builder, proof);
  checkKey(builder, proof, pinnedPublicKey);
  return builder.report();
}

function proofOfDecision(builder: ReportBuilder, bundle: Json): Proof | undefined {
  const extra = unknownMember(bundle, ['kind', 'decision', 'audit']);
  if (bundle.kind !== DECISION_BUNDLE || !isObject(bundle.decision) || extra !== undefined) {
    fail(builder, FORM, extra ?? 'kind', `expected {kind: '${DECISION_BUNDLE}', decision, audit}`);
    return undefined;
  }
  return readProof(builder, bundle.audit);
}

export function readProof(builder: ReportBuilder, value: unknown): Proof | undefined {
  const bad = (field: string, expected: string): undefined =>
    fail(builder, FORM, field, `expected ${field} to be ${expected}`);
  if (!isObject(value)) return bad('audit', 'an audit proof');
  const { leaf, body = null, index, treeSize, hashes, checkpoint, publicKey } = value;
  const extra = unknownMember(value, PROOF_MEMBERS);
  if (extra !== undefined) return fail(builder, FORM, extra, `the proof has an unknown member ${extra}`);
  if (!isObject(leaf)) return bad('leaf', 'an object');
  if (body !== null && !isObject(body)) return bad('body', 'an object');
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0)
    return bad('index', 'a place in the tree');
  if (typeof treeSize !== 'number' || !Number.isSafeInteger(treeSize) || index >= treeSize)
    return bad('treeSize', 'larger than index');
  if (!Array.isArray(hashes) || !hashes.every(isHash)) return bad('hashes', 'a list of SHA-256 hashes');
  if (typeof checkpoint !== 'string') return bad('checkpoint', 'a signed note');
  if (typeof publicKey !== 'string') return bad('publicKey', 'a verifier key');
  return { leaf, body, index, treeSize, hashes, checkpoint, publicKey };
}

function checkDecision(builder: ReportBuilder, bundle: Json, { leaf, body }: Proof): void {
  const decision = bundle.decision as Json;
  const id = decision.decisionId ?? decision.id;
  const subject = isObject(leaf.subject) ? leaf.subject : {};
  if (subject.kind !== 'gateDecision' || subject.id !== id) {
    return void fail(
      builder,
      'decision',
      'leaf.subject',
      `the entry is about ${subject.kind} ${subject.id}, not about decision ${id}`,
    );
  }
  if (!body)
    return void fail(
      builder,
      'decision',
      'body',
      'the proof lacks the body, which holds the digest of the decision',
    );
  const digest = attempt(() => digestOfJson(decision));
  if (digest !== body.decisionDigest) {
    return void fail(
      builder,
      'decision',
      'decision',
      `its digest is ${digest}, the entry recorded ${body.decisionDigest}`,
    );
  }
  builder.passed('decision', `decision ${id} is the one that was recorded (sha256 ${digest})`);
}

export function checkBody(builder: ReportBuilder, { leaf, body }: Proof): void {
  if (!body) return builder.passed('body', 'not part of the proof; its digest is in the leaf');
  const digest = attempt(() => digestOfJson(body));
  if (digest !== leaf.bodyDigest) {
    return void fail(builder, 'body', 'body', `its digest is ${digest}, the leaf holds ${leaf.bodyDigest}`);
  }
  builder.passed('body', 'has the digest that the leaf holds');
}

export function checkInclusion(builder: ReportBuilder, proof: Proof): void {
  const { leaf, index, treeSize, hashes } = proof;
  let checkpoint;
  try {
    checkpoint = openCheckpoint(proof.checkpoint, [readVerifierKey(proof.publicKey)]);
  } catch (error) {
    return void fail(builder, 'checkpoint', 'checkpoint', messageOf(error));
  }
  if (checkpoint.size !== treeSize) {
    return void fail(
      builder,
      'checkpoint',
      'treeSize',
      `the checkpoint is of ${checkpoint.size} entries, the proof of ${treeSize}`,
    );
  }
  builder.passed('checkpoint', `signed by ${checkpoint.origin} for ${treeSize} entries`);
  const path = hashes.map((hash) => Buffer.from(hash, 'hex'));
  const leafHash = attempt(() => canonicalText(leaf));
  const root = leafHash === undefined ? undefined : rootOfPath(hashLeaf(leafHash), index, treeSize, path);
  if (!root?.equals(checkpoint.root)) {
    builder.failed('inclusion', 'AUDIT_ENTRY_ALTERED', {
      index,
      field: 'leaf',
      reason: `leaf, index and hashes do not lead to the signed root: one of them was changed`,
    });
    return;
  }
  builder.passed('inclusion', `entry ${index} of ${treeSize}, recorded at ${String(leaf.time)}`);
}

export function checkKey(builder: ReportBuilder, { publicKey }: Proof, pinned: string | undefined): void {
  if (pinned === undefined) {
    return builder.passed(
      'key',
      `brought along by the proof: compare it with the one you know, ${publicKey}`,
    );
  }
  if (pinned.trim() !== publicKey)
    return void fail(builder, 'key', 'publicKey', `${publicKey} is not the key you know`);
  builder.passed('key', 'the one you know');
}

function fail(builder: ReportBuilder, name: keyof typeof CODES, field: string, reason: string): undefined {
  builder.failed(name, CODES[name], { index: null, field, reason });
  return undefined;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
