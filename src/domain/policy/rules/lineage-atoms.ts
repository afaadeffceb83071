import { countAtom, undefinedAtom, type Atom } from '../atom.js';
import type { EvidenceReference, LineageFacts } from '../gate-evidence.js';
import type { ContaminationParameters } from '../gate-policy.js';
import type { Hold } from '../hold.js';
import { count, listed } from '../phrase.js';

export interface LineageAtoms {
  atoms: Atom[];
  holds: Hold[];
  references: EvidenceReference[];
}

const COUNT_REMEDY =
  'Ask the gate again once the job has ended, or run `assay model contamination MODEL@VERSION`.';

const ERASED_REMEDY = 'Train on the version that was made without these rows, and gate that model version.';

/**
 * "At most so many rows of the tested split stand in anything that the lineage of the model version says was trained on."
 * What is not known, or could not be compared, holds the rule back.
 */
export function lineageAtoms(
  { between, exact, entities }: ContaminationParameters,
  facts: LineageFacts | undefined,
): LineageAtoms {
  const [, tested] = between;
  const slice = { between };
  const counted = facts?.count ?? null;
  const holds: Hold[] = [];
  if (!facts) holds.push(open('what the model version was trained on is not known', COUNT_REMEDY));
  else if (facts.missing !== null)
    holds.push(
      open(
        `not all is known of what the model version was trained on: ${facts.missing}`,
        'Register the model version, and those that it was made from, with their data (--dataset) or with runs that recorded their inputs.',
      ),
    );
  if (counted === null) {
    const lost = facts?.uncountable;
    const reason = `rows of ${tested} were not looked for in what the model version was trained on${lost ? `, and cannot be any more: ${lost}` : ''}`;
    const atoms = [undefinedAtom(slice, 'atMost', exact, reason, '')];
    return { atoms, holds: [...holds, open(reason, lost ? ERASED_REMEDY : COUNT_REMEDY)], references: [] };
  }
  requireSound(counted, tested);
  const { rows, possible, total, incomparable } = counted;
  if (incomparable > 0)
    holds.push(
      open(
        `${count(incomparable)} of the splits that were trained on have no column in common with ${tested}`,
        'Push those data with the columns under the names, and as the types, that they have in the data that are judged on.',
      ),
    );
  if (possible > exact && rows <= exact)
    holds.push(
      open(
        `${count(possible)} of ${count(total)} rows of ${tested} agree with training rows in every column that those have, which is not every column`,
        'Push the data that were trained on with all columns of the data that are judged on, as the same types.',
      ),
    );
  const detail = `${count(rows)} of ${count(total)} rows of ${tested}${rows > 0 && counted.sources > 1 ? `: ${listed(counted.where.slice(0, 5))}` : ''}`;
  const atoms = [countAtom(slice, rows, total, exact, detail)];
  if (entities !== undefined) atoms.push(entityAtom(counted, tested, entities, holds));
  const references =
    counted.id === null
      ? []
      : [{ kind: 'contaminationCount' as const, id: counted.id, digest: counted.digest }];
  return { atoms, holds, references };
}

function entityAtom(
  { entities, total }: NonNullable<LineageFacts['count']>,
  tested: string,
  allowed: number,
  holds: Hold[],
): Atom {
  const slice = { of: 'entities' };
  if (entities !== null)
    return countAtom(
      slice,
      entities,
      total,
      allowed,
      `${count(entities)} of ${count(total)} rows of ${tested} of an entity that was trained on`,
    );
  const reason = `entities of ${tested} cannot be looked for in all that was trained on: a version names no such column`;
  holds.push(open(reason, 'Push the data with --group COLUMN, and the data trained on with that column.'));
  return undefinedAtom(slice, 'atMost', allowed, reason, '');
}

function requireSound(counted: NonNullable<LineageFacts['count']>, tested: string): void {
  const { rows, possible, total, entities, incomparable, sources } = counted;
  const numbers = [rows, possible, total, entities ?? 0, incomparable, sources];
  const whole = numbers.every((n) => Number.isSafeInteger(n) && n >= 0) && entities !== undefined;
  if (
    !whole ||
    rows > possible ||
    possible > total ||
    (entities ?? 0) > total ||
    total === 0 ||
    sources === 0
  )
    throw new RangeError(
      `${rows} to ${possible} of ${total} rows of ${tested} cannot stand in ${sources} splits`,
    );
}

const open = (reason: string, remedy: string): Hold => ({ reason, remedy, open: true });
