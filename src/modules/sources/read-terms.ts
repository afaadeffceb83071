import parseLicence from 'spdx-expression-parse';
import {
  LEGAL_BASES,
  SOURCE_KINDS,
  type LegalBasis,
  type SourceKind,
} from '../../domain/provenance/index.js';
import { licenceUnknown, termsInvalid } from './source.errors.js';
import type { SourceTermsView } from './source.view.js';

/** What a client says of a source. Absent and null are the same. */
export interface SourceRequest {
  kind: string;
  licence?: string | null;
  licenceText?: string | null;
  personal?: boolean | null;
  basis?: string | null;
  scope?: string[] | null;
  expiresAt?: string | null;
  collectedFrom?: string | null;
  collectedUntil?: string | null;
  owner?: string | null;
  contact?: string | null;
  description?: string | null;
}

/** The terms that a request states. Throws SOURCE_INVALID, LICENCE_UNKNOWN. */
export function readTerms(request: SourceRequest): SourceTermsView {
  const { kind, basis = null, scope = null } = request;
  if (!(SOURCE_KINDS as readonly string[]).includes(kind))
    throw termsInvalid('kind', `found ${JSON.stringify(kind)}; expected ${SOURCE_KINDS.join(', ')}`);
  if (basis !== null && !(LEGAL_BASES as readonly string[]).includes(basis))
    throw termsInvalid('basis', `found ${JSON.stringify(basis)}; expected ${LEGAL_BASES.join(', ')}`);
  const personal = request.personal ?? false;
  if (basis !== null && !personal)
    throw termsInvalid(
      'basis',
      `found ${basis} of data that are said not to be personal`,
      'Say "personal": true, or leave the basis out.',
    );
  const [collectedFrom, collectedUntil] = [
    day(request.collectedFrom, 'collectedFrom'),
    day(request.collectedUntil, 'collectedUntil'),
  ];
  if (collectedFrom !== null && collectedUntil !== null && collectedFrom > collectedUntil)
    throw termsInvalid('collectedUntil', `found ${collectedUntil}; expected no day before ${collectedFrom}`);
  return {
    kind: kind as SourceKind,
    licence: licence(request.licence),
    licenceText: text(request.licenceText),
    personal,
    basis: basis as LegalBasis | null,
    // Order says nothing.
    scope: scope && [...new Set(scope)].sort(),
    expiresAt: instant(request.expiresAt),
    collectedFrom,
    collectedUntil,
    owner: text(request.owner),
    contact: text(request.contact),
    description: text(request.description),
  };
}

const text = (value: string | null | undefined): string | null =>
  value === undefined || value === null || value.trim() === '' ? null : value;

function licence(value: string | null | undefined): string | null {
  const expression = text(value)?.trim() ?? null;
  if (expression === null) return null;
  try {
    parseLicence(expression);
    return expression;
  } catch {
    throw licenceUnknown(expression, guess(expression));
  }
}

/** An expression in other letters, e.g. `cc-by-4.0`. */
function guess(expression: string): string | null {
  for (const other of [expression.toUpperCase(), expression.replace(/\s+/g, '-')]) {
    try {
      parseLicence(other);
      return other;
    } catch {
      continue;
    }
  }
  return null;
}

function day(value: string | null | undefined, path: string): string | null {
  if (value === undefined || value === null) return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const at = new Date(`${value}T00:00:00Z`);
    if (!Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)) return value;
  }
  throw termsInvalid(path, `found ${JSON.stringify(value.slice(0, 40))}; expected a day, YYYY-MM-DD`);
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** A day ends at its end, in UTC. */
function instant(value: string | null | undefined): Date | null {
  if (value === undefined || value === null) return null;
  const [whole, date] = INSTANT.exec(value) ?? [];
  if (whole !== undefined && date !== undefined) {
    day(date, 'expiresAt');
    const at = whole === date ? new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000) : new Date(whole);
    if (!Number.isNaN(at.getTime()) && at.getUTCFullYear() <= 9999) return at;
  }
  throw termsInvalid(
    'expiresAt',
    `found ${JSON.stringify(value.slice(0, 40))}; expected a day, YYYY-MM-DD, or an RFC 3339 time with its zone`,
  );
}
