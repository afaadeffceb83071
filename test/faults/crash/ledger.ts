/** A POST that was accepted under an Idempotency-Key, and with what. */
export interface Kept {
  key: string;
  route: string;
  status: number;
  body: unknown;
}

export interface AcceptedJob {
  id: string;
  kind: string;
  /** What the client was told of its end. */
  result?: Record<string, unknown>;
}

/**
 * What a client was promised: everything that was answered with 2xx. Requests that are safe to repeat are repeated until they
 * are answered, so their effects can be counted to the last one; `maybe` counts those others that got no answer.
 */
export class Ledger {
  readonly kept: Kept[] = [];
  readonly jobs = new Map<string, AcceptedJob>();
  readonly uploads = new Map<string, { digest: string; size: number }>();
  readonly modelVersions = new Map<string, { model: string; version: number }>();
  readonly decisions = new Map<string, { verdict: string }>();
  readonly promotions = new Map<string, { modelVersionId: string; stage: string }>();
  readonly policies = new Map<string, { name: string; version: number }>();
  readonly runs = new Map<string, { ended: boolean }>();
  /** By id: whether it was revoked. */
  readonly keys = new Map<string, { revoked: boolean }>();
  readonly maybe = { uploads: 0, keys: 0 };
}

/** What went over the wire, and what should not have. */
export class Traffic {
  requests = 0;
  unanswered = 0;
  readonly statuses = new Map<string, number>();
  readonly unwanted: string[] = [];

  count(what: string): void {
    this.statuses.set(what, (this.statuses.get(what) ?? 0) + 1);
  }
}
