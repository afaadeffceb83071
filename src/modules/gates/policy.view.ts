/** One version of a gate policy. It never changes; its digest names it. */
export interface PolicyView {
  id: string;
  name: string;
  version: number;
  /** SHA-256 of the canonical JSON of `document`, lowercase hex. */
  digest: string;
  /** The stage whose promotions need a PASS of this policy. */
  stage: string | null;
  /** The normal form: every default written out. */
  document: Record<string, unknown>;
  /** The text as it was pushed. */
  source: string;
  createdAt: Date;
  createdBy: string;
}

export const POLICY_COLUMNS = `p.id, p.name, p.version, p.digest, p.stage, p.document, p.source, p.created_at AS "createdAt",
  p.created_by AS "createdBy"`;
