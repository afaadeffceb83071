import { SPLIT_METHODS, shareProblem, type SplitMethod } from '../../domain/splitting/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';

const MAX_SEED = 2 ** 31 - 1;

/** What a client asks for. Absent and null are the same. */
export interface SplitByRequest {
  method: string;
  column?: string | null;
  seed?: number | null;
  cuts?: string[] | null;
}

/** How rows of one file become splits, with every default written out. */
export interface SplitBy {
  method: SplitMethod;
  /** Null: whole rows, or their key. */
  column: string | null;
  seed: number;
  /** By split, in their order; null where `cuts` say it. */
  shares: { split: string; share: number }[] | null;
  /** Of `time`: where each split but the first begins, as the column writes it; null: where its share does. */
  cuts: string[] | null;
}

/** What a version says of how its splits were made. */
export interface SplitRecord extends SplitBy {
  /** A changed method is another number. */
  version: 1;
  /** Drawn with a secret of the project, because who knew the draws could tell sealed labels by them. */
  keyed: boolean;
}

interface Pushed {
  splitBy?: SplitByRequest | null;
  splits: readonly {
    name: string;
    uploadId?: string | null;
    reference?: string | null;
    sha256?: string | null;
    format?: string | null;
    share?: number | null;
  }[];
  key?: string | null;
  label?: string | null;
  group?: string | null;
  time?: string | null;
}

/** Null where each split has a file. Throws SPLIT_BY_INVALID, SPLIT_SHARES_INVALID, SPLIT_FILE_INVALID. */
export function planSplitBy(pushed: Pushed): SplitBy | null {
  const { splitBy, splits } = pushed;
  if (!splitBy) {
    const shared = splits.find(({ share }) => typeof share === 'number');
    if (shared)
      throw invalid(`split ${shared.name} has a share, and the push does not say how to split (splitBy)`);
    return null;
  }
  const { method, cuts = null } = splitBy;
  const seed = splitBy.seed ?? 0;
  if (!Object.hasOwn(SPLIT_METHODS, method))
    throw invalid(
      `the method is ${JSON.stringify(method)}; expected ${Object.keys(SPLIT_METHODS).join(', ')}`,
    );
  if (splits.length < 2)
    throw invalid(`there is ${splits.length} split to deal rows to; expected two or more`);
  if (!Number.isInteger(seed) || seed < 0 || seed > MAX_SEED)
    throw invalid(`the seed is ${seed}; expected a whole number from 0 to ${MAX_SEED}`);
  requireOneFile(splits);
  const known = method as SplitMethod;
  const column = columnOf(known, pushed, splitBy.column ?? null);
  return { method: known, column, seed, ...partsOf(known, splits, cuts) };
}

/** What the first split says of the file is what counts: another one may say nothing else. */
function requireOneFile(splits: Pushed['splits']): void {
  const said: [what: string, texts: (string | null | undefined)[]][] = [
    ['', splits.map(({ uploadId, reference }) => uploadId ?? reference)],
    ['the sha256 ', splits.map(({ sha256 }) => sha256?.toLowerCase())],
    ['the format ', splits.map(({ format }) => format)],
  ];
  for (const [what, texts] of said) {
    const [first, ...others] = [...new Set(texts.map((text) => text ?? 'none'))];
    if (others.length === 0) continue;
    throw new InvalidInputError(
      'SPLIT_FILE_INVALID',
      `splits of one file name ${what}${first} and ${others[0]}; expected one for all`,
      { remedy: 'Give every split the same file, or leave out splitBy and give each one of its own.' },
    );
  }
}

function columnOf(method: SplitMethod, pushed: Pushed, named: string | null): string | null {
  const { key = null, label = null, group = null, time = null } = pushed;
  const defaults = { random: null, stratified: label, group, time, hash: key };
  if (method === 'random') {
    if (named !== null)
      throw invalid(`random splits look at no column, and ${JSON.stringify(named)} is named`);
    return null;
  }
  const column = named ?? defaults[method];
  if (column === null) throw invalid(`splits by ${method} need a column, and none is named`);
  if (column === label && method !== 'stratified')
    throw invalid(`splits by ${method} of the label ${JSON.stringify(column)} would tell it`);
  return column;
}

function partsOf(
  method: SplitMethod,
  splits: Pushed['splits'],
  cuts: string[] | null,
): Pick<SplitBy, 'shares' | 'cuts'> {
  const without = splits.find(({ share }) => typeof share !== 'number');
  if (cuts !== null) {
    if (method !== 'time') throw invalid(`cuts are of splits by time, and the method is ${method}`);
    if (splits.some(({ share }) => typeof share === 'number'))
      throw invalid('both cuts and shares are given; expected one of them');
    if (cuts.length !== splits.length - 1)
      throw invalid(
        `there are ${cuts.length} cuts for ${splits.length} splits; expected ${splits.length - 1}`,
      );
    return { shares: null, cuts };
  }
  if (without) throw sharesInvalid(`split ${without.name} has none`);
  const problem = shareProblem(splits.map(({ share }) => share!));
  if (problem !== null) throw sharesInvalid(problem);
  return { shares: splits.map(({ name, share }) => ({ split: name, share: share! })), cuts: null };
}

const invalid = (what: string) =>
  new InvalidInputError('SPLIT_BY_INVALID', what, {
    remedy: 'Say splitBy: {method, column, seed}, and a share of each split, e.g. 0.8 and 0.2.',
  });

const sharesInvalid = (what: string) =>
  new InvalidInputError(
    'SPLIT_SHARES_INVALID',
    `shares of splits: ${what}; expected shares above 0 that make 1`,
    {
      remedy: 'Give each split a share, e.g. train 0.8 and holdout 0.2.',
    },
  );
