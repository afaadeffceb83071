import { usageError } from './problem.js';

export const SPLIT_ROLES = [
  'train',
  'validation',
  'holdout',
  'cross_domain',
  'stress',
  'synthetic',
  'live_sample',
];

export interface SplitArgument {
  name: string;
  role: string;
  domain: string | null;
  /** A path, or a reference for the server to fetch. */
  file: string | FileReference;
}

export interface FileReference {
  reference: string;
  sha256: string;
}

/** A URL stands for a file that the server fetches, and has to say what it holds: `URL#sha256=DIGEST`. Anything else is a path. */
function fileOrReference(text: string): string | FileReference {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  const [reference, sha256] = text.split('#sha256=') as [string, string?];
  if (sha256 !== undefined && /^[0-9a-f]{64}$/i.test(sha256)) return { reference, sha256 };
  throw usageError(
    `${reference} is to be fetched by the server; expected URL#sha256=DIGEST, the digest in 64 hexadecimal digits.`,
    'Take the digest of the file with sha256sum, or name a file of this machine by its path.',
  );
}

/** `left=right` at the first `=`; both must be there. Throws a usage error that names the option. */
export function parseAssignment(text: string, option: string, form: string): [string, string] {
  const at = text.indexOf('=');
  const [left, right] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 1 || left === '' || right === '') {
    throw usageError(`${option} ${text}: expected ${form}.`);
  }
  return [left, right];
}

/**
 * Splits of `dataset push`.
 *
 * `--split ROLE=FILE` names the split after its role. `--split ROLE:DOMAIN=FILE` names it after its domain.
 * `--split NAME=FILE` takes its role from `--role NAME=ROLE` and, where it has one, its domain from
 * `--domain NAME=DOMAIN`. FILE is a path, or `URL#sha256=DIGEST`.
 */
export function parseSplits(splits: string[], roles: string[] = [], domains: string[] = []): SplitArgument[] {
  const roleOf = new Map(roles.map((text) => parseAssignment(text, '--role', 'NAME=ROLE')));
  const domainOf = new Map(domains.map((text) => parseAssignment(text, '--domain', 'NAME=DOMAIN')));
  const parsed = splits.map((text) => {
    const [left, file] = parseAssignment(text, '--split', 'ROLE=FILE, ROLE:DOMAIN=FILE or NAME=FILE');
    return named(left, fileOrReference(file), roleOf, domainOf);
  });
  const names = parsed.map((split) => split.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) {
    throw usageError(
      `Two splits are called "${twice}".`,
      'Give one a name of its own: --split NAME=FILE --role NAME=ROLE [--domain NAME=DOMAIN].',
    );
  }
  const unknown = [...roleOf.keys(), ...domainOf.keys()].find((name) => !names.includes(name));
  if (unknown) throw usageError(`--role or --domain names "${unknown}", but no --split does.`);
  return parsed;
}

function named(
  left: string,
  file: string | FileReference,
  roleOf: Map<string, string>,
  domainOf: Map<string, string>,
): SplitArgument {
  const [first, domain, ...more] = left.split(':');
  if (more.length > 0 || first === '' || domain === '') {
    throw usageError(`--split ${left}=…: expected ROLE, ROLE:DOMAIN or NAME before "=".`);
  }
  if (domain !== undefined) {
    return { name: domain, role: checkRole(first!, left), domain, file };
  }
  const role = roleOf.get(left) ?? (SPLIT_ROLES.includes(left) ? left : undefined);
  if (role === undefined) {
    throw usageError(
      `--split ${left}=…: "${left}" is not a role (${SPLIT_ROLES.join(', ')}).`,
      `If it is the split's name, add --role ${left}=ROLE.`,
    );
  }
  return { name: left, role: checkRole(role, left), domain: domainOf.get(left) ?? null, file };
}

function checkRole(role: string, where: string): string {
  if (!SPLIT_ROLES.includes(role)) {
    throw usageError(`"${role}" of split ${where} is not a role; expected ${SPLIT_ROLES.join(', ')}.`);
  }
  return role;
}

const FORMATS = ['csv', 'jsonl', 'parquet'];

/** `--format FORMAT`, for all splits, and `--format SPLIT=FORMAT`, for one: the format of each split that has one declared. */
export function parseFormats(formats: string[], splits: readonly SplitArgument[]): Map<string, string> {
  const found = new Map<string, string>();
  const [forAll, forOne] = [
    formats.filter((text) => !text.includes('=')),
    formats.filter((text) => text.includes('=')),
  ];
  if (forAll.length > 1)
    throw usageError('--format is given twice for all splits.', 'Name the split: --format train=jsonl.');
  for (const format of forAll) for (const { name } of splits) found.set(name, checkFormat(format));
  for (const text of forOne) {
    const [name, format] = parseAssignment(text, '--format', 'SPLIT=FORMAT');
    if (!splits.some((split) => split.name === name))
      throw usageError(`--format names "${name}", but no --split does.`);
    found.set(name, checkFormat(format));
  }
  return found;
}

function checkFormat(format: string): string {
  if (FORMATS.includes(format)) return format;
  throw usageError(
    `--format ${format}: expected ${FORMATS.join(', ')}.`,
    'Leave it out: Assay sees the format, and gzip and zstd, from the file.',
  );
}

/** A split of a version, `NAME@VERSION:SPLIT`. Throws `wrong` for anything else. */
export function parseSplitReference(
  text: string,
  wrong = () => usageError(`${JSON.stringify(text)}: expected NAME@VERSION:SPLIT, such as wages@1:train.`),
): { datasetVersion: string; split: string } {
  const at = text.lastIndexOf(':');
  if (at <= 0 || at === text.length - 1) throw wrong();
  return { datasetVersion: text.slice(0, at), split: text.slice(at + 1) };
}

/** The name of a split in `--predictions`: as it was pushed, so `cross_domain:south` is `south`. */
export function splitName(text: string): string {
  const [first, domain] = text.split(':');
  return domain !== undefined && SPLIT_ROLES.includes(first!) ? domain : text;
}
