import type { LegalBasis, SourceKind } from '../../domain/provenance/index.js';

/** On what terms data come from somewhere. */
export interface SourceTermsView {
  kind: SourceKind;
  /** An SPDX licence expression. */
  licence: string | null;
  /** The terms in words, where no list has them. */
  licenceText: string | null;
  /** Whether rows are about people. */
  personal: boolean;
  basis: LegalBasis | null;
  /** What the data may be used for; null: anything. */
  scope: string[] | null;
  expiresAt: Date | null;
  /** Calendar dates, YYYY-MM-DD. */
  collectedFrom: string | null;
  collectedUntil: string | null;
  owner: string | null;
  contact: string | null;
  description: string | null;
}

/** One revision of a source. It never changes; other terms are the next revision. */
export interface SourceView extends SourceTermsView {
  id: string;
  sourceId: string;
  name: string;
  revision: number;
  /** SHA-256 over the terms as canonical JSON. */
  digest: string;
  createdAt: Date;
  createdBy: string;
}

/** Everything of revision `r` of source `s`. */
export const SOURCE_SELECT = `
  SELECT r.id, r.source_id AS "sourceId", s.name, r.revision, r.kind, r.licence, r.licence_text AS "licenceText", r.personal, r.basis,
    r.scope, r.expires_at AS "expiresAt", r.collected_from AS "collectedFrom", r.collected_until AS "collectedUntil", r.owner,
    r.contact, r.description, r.digest, r.created_at AS "createdAt", r.created_by AS "createdBy"
  FROM data_source_revision r JOIN data_source s ON s.id = r.source_id`;
