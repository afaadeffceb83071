import type { Level, Scale } from '../../../domain/agreement/index.js';
import { may } from '../../../platform/context/index.js';
import { ForbiddenError, InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetSplitView, DatasetVersionView } from '../dataset-version.js';
import type { PlannedSample, SampleRequest } from '../drift/drift-plan.js';

export const LEVELS = ['nominal', 'ordinal', 'interval', 'ratio'] as const satisfies readonly Level[];

/** What annotators said of the rows of a split: one column each. */
export interface AgreementRequest extends SampleRequest {
  ratings: string[];
  level: string;
  /** As the guideline pins them, in their order; of interval and ratio scales numbers. */
  categories: string[];
  /** Of the bootstrap. */
  seed?: number | null;
}

/** What the job is given. */
export interface AgreementPlan {
  sample: PlannedSample;
  ratings: string[];
  level: Level;
  scale: Scale;
  seed: number;
}

/** Throws AGREEMENT_SPLIT_SEALED, AGREEMENT_COLUMN_UNKNOWN, AGREEMENT_COLUMN_SEALED, AGREEMENT_CATEGORIES. */
export function planAgreement(
  request: AgreementRequest,
  { version, split }: { version: DatasetVersionView; split: DatasetSplitView },
): AgreementPlan {
  const ref = `${version.dataset}@${version.version}`;
  if (split.sealed && !may('audit'))
    throw new ForbiddenError(
      'AGREEMENT_SPLIT_SEALED',
      `Split ${split.name} of ${ref} is sealed, and how annotators rated its rows tells of their labels.`,
      { permission: 'audit', remedy: 'Measure an open split, or ask somebody with the permission audit.' },
    );
  const names = version.schema.columns.map(({ name }) => name);
  for (const column of request.ratings) {
    if (!names.includes(column))
      throw new InvalidInputError(
        'AGREEMENT_COLUMN_UNKNOWN',
        `${ref} has no column ${JSON.stringify(column)}; found ${names.join(', ')}`,
      );
    if (split.sealed && column === version.schema.label)
      throw new InvalidInputError(
        'AGREEMENT_COLUMN_SEALED',
        `column ${JSON.stringify(column)} is the label, which split ${split.name} keeps sealed`,
        { remedy: 'Leave it out.' },
      );
  }
  const level = request.level as Level;
  return {
    sample: { datasetVersionId: version.id, ref, split: split.name, rows: split.rows },
    ratings: request.ratings,
    level,
    scale: scaleOf(level, request.categories),
    seed: request.seed ?? 0,
  };
}

function scaleOf(level: Level, categories: readonly string[]): Scale {
  if (level === 'nominal' || level === 'ordinal') return { categories };
  const values = categories.map((category) => (category.trim() === '' ? Number.NaN : Number(category)));
  const wrong = categories.find(
    (_, i) => !Number.isFinite(values[i]) || (level === 'ratio' && values[i]! < 0),
  );
  if (wrong !== undefined)
    throw new InvalidInputError(
      'AGREEMENT_CATEGORIES',
      `categories of ${level === 'ratio' ? 'a ratio scale are numbers from 0 on' : 'an interval scale are numbers'}, found ${JSON.stringify(wrong)}`,
      { remedy: 'Name numbers, or another level.' },
    );
  return { categories, values };
}
