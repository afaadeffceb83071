import { LEGAL_BASES, SOURCE_KINDS } from '../../provenance/index.js';
import { countAtom, undefinedAtom, type Atom, type Expansion } from '../atom.js';
import type { ProvenanceFacts, SourceFacts, VersionSources } from '../gate-evidence.js';
import type { SourcesParameters } from '../gate-policy.js';
import type { Hold } from '../hold.js';
import { count, listed } from '../phrase.js';
import { invalid } from '../policy-problem.js';
import type { RuleType } from '../rule-type.js';

/** "Everything that the model was made of and is judged on may be used for this." Counts, known without error. */
export const sourcesRule: RuleType<SourcesParameters> = {
  type: 'sources',
  description:
    'Every dataset version behind the model and its evaluation names its sources, and their terms allow the purpose: third-party data have a licence, personal data a basis, nothing has expired, and no consent was withdrawn.',
  inline: false,
  notEnforced: [],
  fields: {
    purpose: {
      kind: 'text',
      required: true,
      description: 'What the model is for, as the scopes of sources name it.',
    },
  },
  check: (_parameters, decideOn, path) =>
    decideOn === 'point'
      ? [
          invalid(
            path.replace(/\.sources$/, '.decideOn'),
            'point',
            'bound or nothing: a count is known without error',
          ),
        ]
      : [],
  needs: () => [{ kind: 'provenance' }],
  splitsOf: () => [],
  on: () => null,
  expand({ purpose }, { provenance }): Expansion {
    const base = {
      subject: 'the number of sources that may not be used',
      caveats: [],
      failRemedy:
        'Use data whose sources allow it, or record the terms that hold (assay source add NAME) and push the data again under them; rows of subjects who withdrew consent have to go, with what was made of them.',
      unit: 'sources',
    };
    if (!provenance) {
      const reason = 'where the data come from was not read';
      return { ...base, ...nothing([unknown(reason, 'Ask the gate again.')]), references: [] };
    }
    checkWhole(provenance);
    const holds = holdsOf(provenance);
    const sources = provenance.versions.flatMap((version) =>
      version.sources.map((source) => ({ version, source })),
    );
    return {
      ...base,
      holds,
      references: references(provenance),
      // Of no data nothing is shown.
      atoms: sources.length === 0 ? nothing(holds).atoms : atomsOf(purpose, sources, provenance.versions),
    };
  },
};

interface Named {
  version: VersionSources;
  source: SourceFacts;
}

function atomsOf(purpose: string, named: readonly Named[], versions: readonly VersionSources[]): Atom[] {
  const atom = (requirement: string, what: string, breaks: (source: SourceFacts) => boolean): Atom => {
    const found = named.filter(({ source }) => breaks(source));
    const where = found.map(({ source, version }) => `${source.ref} of ${version.label}`);
    const said = `${count(found.length)} of ${count(named.length)} sources ${what}`;
    const detail = found.length === 0 ? said : `${said}: ${listed(where)}`;
    return countAtom({ requirement }, found.length, named.length, 0, detail);
  };
  const withdrawn = versions.filter((version) => version.withdrawn > 0);
  const inWhich = withdrawn.map((version) => `${count(version.withdrawn)} in ${version.label}`);
  return [
    atom('licence', 'are third-party data without a licence', (s) => s.kind === 'third_party' && !s.licensed),
    atom('basis', 'are personal data without a basis', (s) => s.personal && s.basis === 'none'),
    atom(
      'scope',
      `do not allow ${JSON.stringify(purpose)}`,
      (s) => s.purposes !== 'any' && !s.purposes.includes(purpose),
    ),
    atom('expiry', 'have expired', (s) => s.expired),
    countAtom(
      { requirement: 'consent' },
      withdrawn.length,
      versions.length,
      0,
      withdrawn.length === 0
        ? `no consent was withdrawn in ${count(versions.length)} dataset versions`
        : `subjects withdrew their consent: ${listed(inWhich)}`,
    ),
  ];
}

/** What is not known lets nothing pass. */
function holdsOf({ trainedOn, versions }: ProvenanceFacts): Hold[] {
  const unnamed = versions.filter(({ named }) => named === 0).map(({ label }) => label);
  const consented = versions.filter(({ sources }) =>
    sources.some(({ personal, basis }) => personal && basis === 'consent'),
  );
  const withoutIndex = consented.filter(({ rowsWithoutSubject }) => rowsWithoutSubject === 'unknown');
  const withoutSubject = consented.filter(
    ({ rowsWithoutSubject }) => rowsWithoutSubject !== 'unknown' && rowsWithoutSubject > 0,
  );
  const labels = (those: readonly VersionSources[]) => listed(those.map(({ label }) => label));
  return [
    ...(trainedOn === 0
      ? [
          unknown(
            'the model version names no data that it was trained on',
            'Register it with its run or its dataset versions.',
          ),
        ]
      : []),
    ...(unnamed.length > 0
      ? [
          unknown(
            `${listed(unnamed)} name no source`,
            'Push the same files again with the sources that they come from (--source NAME).',
          ),
        ]
      : []),
    ...(withoutIndex.length > 0
      ? [
          unknown(
            `${labels(withoutIndex)} rest on consent and do not say whom rows are about, so nobody could withdraw it`,
            'Push the same files again with the column that says it (--subject COLUMN).',
          ),
        ]
      : []),
    ...(withoutSubject.length > 0
      ? [
          unknown(
            `${labels(withoutSubject)} rest on consent and have rows that name nobody`,
            'Name a subject in every row, or keep rows that need no consent in a dataset of their own.',
          ),
        ]
      : []),
  ];
}

const unknown = (reason: string, remedy: string): Hold => ({ reason, remedy, open: true });

function nothing(holds: Hold[]): Pick<Expansion, 'holds' | 'atoms'> {
  const reason = holds[0]?.reason ?? 'no source is known';
  return { holds, atoms: [undefinedAtom({}, 'atMost', 0, reason, '')] };
}

function references({ versions }: ProvenanceFacts): Expansion['references'] {
  const byId = new Map(versions.flatMap(({ sources }) => sources.map((source) => [source.id, source])));
  return [...byId.values()].map(({ id, digest }) => ({ kind: 'source', id, digest }));
}

/** Throws RangeError where something is missing that would have been said. */
function checkWhole({ trainedOn, datasetVersionIds, versions }: ProvenanceFacts): void {
  const whole =
    isCount(trainedOn) &&
    datasetVersionIds.length === versions.length &&
    trainedOn <= versions.length &&
    versions.every(
      ({ datasetVersionId }, i) => datasetVersionId && datasetVersionId === datasetVersionIds[i],
    );
  if (!whole) throw new RangeError('not every dataset version behind the decision says where it comes from');
  for (const { label, named, sources, rowsWithoutSubject, withdrawn } of versions) {
    const known =
      isCount(named) &&
      named === sources.length &&
      isCount(withdrawn) &&
      (rowsWithoutSubject === 'unknown' || isCount(rowsWithoutSubject));
    if (!known || !sources.every(isWhole))
      throw new RangeError(`what ${label} says of its sources is not whole`);
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isWhole({ kind, licensed, personal, basis, purposes, expired }: SourceFacts): boolean {
  return (
    SOURCE_KINDS.includes(kind) &&
    [licensed, personal, expired].every((each) => typeof each === 'boolean') &&
    (basis === 'none' || LEGAL_BASES.includes(basis)) &&
    (purposes === 'any' || Array.isArray(purposes))
  );
}
