import { hash } from 'node:crypto';
import { canonicalJson } from '../../domain/canonical/index.js';
import type { RequestContext } from '../context/index.js';
import type { RecordRef } from './record-kind.js';

/** A fact to record: what was done to what, and all that is to be known about it. */
export interface AuditFact {
  /** `noun.verb`, e.g. `dataset.version.created`. */
  action: string;
  subject: AuditSubject;
  /** The facts of the mutation. No secrets, no sealed labels. */
  body: object;
  /** What the change left: the body gets their digests, and `Records.require` and verifiers hold the rows to them. */
  records?: readonly RecordRef[];
}

export interface AuditSubject {
  kind: string;
  id: string;
}

/** What the tree commits to: who did what to what, when, and the digest of the rest. Canonical JSON, at most 64 KiB. */
export interface AuditLeaf {
  action: string;
  actor: { kind: string; id: string; name: string };
  /** SHA-256 of the body's canonical JSON. */
  bodyDigest: string;
  id: string;
  /** Project id. */
  project: string;
  requestId: string;
  subject: AuditSubject;
  /** UTC, microseconds, by the database's clock. */
  time: string;
}

export interface LeafDraft {
  /** The leaf's canonical JSON up to its time, which the database fills in: `…"time":"`. */
  beforeTime: string;
  /** The body's canonical JSON. */
  body: string;
}

/** The leaf and the body of a fact, but for the time. */
export function draftLeaf(id: string, fact: AuditFact, context: RequestContext): LeafDraft {
  const body = canonicalJson(withoutAbsent(fact.body));
  const { kind, id: actorId, name } = context.actor;
  const leaf: AuditLeaf = {
    action: fact.action,
    actor: { kind, id: actorId, name },
    bodyDigest: hash('sha256', body, 'hex'),
    id,
    project: context.projectId,
    requestId: context.requestId,
    subject: { kind: fact.subject.kind, id: fact.subject.id },
    time: '',
  };
  // `time` is the last member by name.
  return { beforeTime: canonicalJson(leaf).slice(0, -'"}'.length), body };
}

/** What JSON makes of optional members and dates, and nothing else of what it would quietly turn into null. */
function withoutAbsent(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      member === undefined ? [] : [[key, withoutAbsent(member)]],
    ),
  );
}
