import type { Hold, SourceFacts, VersionSources } from '../../domain/policy/index.js';
import { strictest, type SourceTerms } from '../../domain/provenance/index.js';
import type { VersionProvenance } from '../datasets/index.js';
import type { SourceView } from '../sources/index.js';

/** What a gate learns of a version's sources at a time: the terms that it was pushed under and those that hold now, both. */
export function versionSources(
  { sources, subjects }: VersionProvenance,
  version: { id: string; label: string },
  withdrawn: number,
  at: Date,
): VersionSources {
  return {
    datasetVersionId: version.id,
    label: version.label,
    named: sources.length,
    sources: sources.map(({ named, latest }): SourceFacts => ({
      ...strictest(termsAt(named, at), termsAt(latest, at)),
      id: latest.id,
      digest: latest.digest,
      ref: named.id === latest.id ? refOf(latest) : `${refOf(named)} (now revision ${latest.revision})`,
    })),
    rowsWithoutSubject: subjects === null ? 'unknown' : subjects.rowsWithout,
    withdrawn,
  };
}

const refOf = ({ name, revision }: SourceView) => `${name}@${revision}`;

function termsAt(source: SourceView, at: Date): SourceTerms {
  const { kind, licence, licenceText, personal, basis, scope, expiresAt } = source;
  return {
    kind,
    licensed: licence !== null || licenceText !== null,
    personal,
    basis: basis ?? 'none',
    purposes: scope ?? 'any',
    expired: expiresAt !== null && expiresAt <= at,
  };
}

/** When the first of the terms that hold now runs out; null: none does. */
export function termsEnd(provenance: readonly VersionProvenance[], at: Date): Date | null {
  const ends = provenance
    .flatMap(({ sources }) => sources.flatMap(({ named, latest }) => [named.expiresAt, latest.expiresAt]))
    .flatMap((end) => (end !== null && end > at ? [end.getTime()] : []));
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}

/** Whatever a policy asks: nothing passes that rests on rows of subjects who withdrew their consent. */
export function consentHold(withdrawn: ReadonlyMap<string, number>): Hold | null {
  if (withdrawn.size === 0) return null;
  const found = [...withdrawn].map(([label, subjects]) => `${subjects} in ${label}`);
  const shown = found.slice(0, 5).join(', ') + (found.length > 5 ? ` and ${found.length - 5} more` : '');
  return {
    reason: `subjects withdrew their consent whose rows the model was made of or is judged on: ${shown}`,
    remedy:
      'Push the data again without these rows and not derived from them, then train and evaluate on that.',
    open: true,
  };
}

export function bothHolds(one: Hold | null, other: Hold | null): Hold | null {
  if (one === null || other === null) return one ?? other;
  return {
    reason: `${one.reason}; ${other.reason}`,
    remedy: `${one.remedy} ${other.remedy}`,
    open: one.open && other.open,
  };
}
