import { usageError } from './problem.js';
import { parseSplits, type SplitArgument } from './split-arguments.js';

export interface SplitByOptions {
  data?: string;
  splitBy?: string;
  shares?: string;
  cuts?: string;
  seed?: string;
  split?: string[];
  role?: string[];
  domain?: string[];
}

export interface SplitByArguments {
  file: string;
  splits: SplitArgument[];
  /** By split; empty with cuts. */
  shares: Map<string, number>;
  splitBy: { method: string; column?: string; seed?: number; cuts?: string[] };
}

/** What `--data`, `--split-by` and what goes with them say; null without them. Throws a usage error. */
export function parseSplitBy(options: SplitByOptions): SplitByArguments | null {
  const { data, splitBy, shares, cuts, seed, split = [], role, domain } = options;
  const given = [data, splitBy, shares, cuts, seed].some((option) => option !== undefined);
  if (!given) return null;
  if (data === undefined || splitBy === undefined || shares === undefined) {
    throw usageError(
      'One file is split with --data, --split-by and --shares together.',
      '--data all.csv --split-by group:hospital --shares train=.8,holdout=.2',
    );
  }
  if (split.length > 0) throw usageError('--split gives each split a file, and --data one file for all.');
  const parts = listed(shares);
  const whole = cuts === undefined ? parts : parts.map((part) => `${part}=0`);
  if (cuts !== undefined && parts.some((part) => part.includes('=')))
    throw usageError('With --cuts, --shares names the splits alone, such as train,holdout.');
  const splits = parseSplits(whole, role, domain);
  const byName = splits.map(({ name, file }) => [name, Number(file)] as const);
  const wrong = byName.find(([, share]) => Number.isNaN(share));
  if (wrong) throw usageError(`--shares ${shares}: expected a number for ${wrong[0]}, such as train=.8.`);
  const at = splitBy.indexOf(':');
  return {
    file: data,
    splits,
    shares: new Map(cuts === undefined ? byName : []),
    splitBy: {
      method: at < 0 ? splitBy : splitBy.slice(0, at),
      column: at < 0 ? undefined : splitBy.slice(at + 1),
      seed: seedOf(seed),
      cuts: cuts === undefined ? undefined : listed(cuts),
    },
  };
}

function seedOf(seed: string | undefined): number | undefined {
  if (seed === undefined) return undefined;
  if (!/^[0-9]{1,10}$/.test(seed)) throw usageError(`--seed ${seed}: expected a whole number from 0.`);
  return Number(seed);
}

const listed = (list: string) =>
  list
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
