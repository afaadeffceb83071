import type { Answer } from './every-answer.js';

/** What may differ between two worlds in which the same was done, and why. Everything else is to be the same, byte for byte. */
export const MAY_DIFFER = {
  /** Wherever they stand: the first of a world is the first of the other, and so on. */
  anywhere: {
    id: 'ids are made of the time and of chance',
    time: 'the worlds are not of one moment',
  },
  /** SHA-256 digests, by the name under which they stand. */
  digests: {
    bodyDigest: 'of a body with ids, times or a nonce',
    contentId: 'over the roots',
    dataset: 'inputs of a decision: the content id',
    decisionDigest: 'of a document with ids and times',
    digest: 'of an evaluation or a comparison: over ids and salted evidence',
    evidenceDigest: 'of sealed splits: salted',
    fromRoot: 'of the tree of leaves',
    hashes: 'of the tree of leaves',
    identifier: 'of a Croissant document: the content id',
    id: 'a lineage node of an uploaded file of sealed rows: keyed',
    leafHash: 'of a leaf with ids and times',
    mlflowDigest: 'the beginning of the content id',
    root: 'of sealed rows: labels enter keyed; or of the tree of leaves',
    'splits/root': 'root, in a Croissant document',
    toRoot: 'of the tree of leaves',
  },
  /** Whole values, by name. */
  values: {
    checkpoint: 'a signature, and a root over leaves with ids',
    publicKey: 'each home has its own',
    date: 'the header: the worlds are not of one moment',
    note: 'a signature, and a root over leaves with ids',
    prefix: 'of an API key',
    endCursor: 'names the id of the last item',
  },
  /** Lines of NDJSON, by their only member. */
  lines: { checkpoint: 'the log signs one for each batch, and batches are a matter of time' },
  /** Answers, by what was asked for. */
  answers: { 'GET /metrics': 'counters and times of the process' },
} as const;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** Whole, and as long as MLflow lets one be. */
const DIGEST = /\b(?:[0-9a-f]{64}|[0-9a-f]{36})\b/g;
/** As long as the shortest of them. */
const SHORTEST = '2026-01-01T00:00:00Z'.length;

/** A member of an answer, or the answer itself where it is no JSON: where it stands, and what it says. */
interface Said {
  name: string;
  text: string;
}

/** Answers in order, as texts in which what may differ is replaced by what it was the how-manieth of. */
export function comparable(answers: readonly Answer[], seen = new Seen()): string[] {
  return answers.filter(isCompared).map((answer) => {
    const parts = [
      { name: 'to', text: answer.to },
      { name: 'status', text: String(answer.status) },
      ...headers(answer),
      ...body(answer),
    ];
    return parts.map((part) => `${part.name}: ${seen.masked(part)}`).join('\n');
  });
}

/** What was asked about a job before it was over is a matter of time. */
function isCompared({ to, body: bytes }: Answer): boolean {
  if (Object.hasOwn(MAY_DIFFER.answers, to)) return false;
  return !(to.includes('/jobs/') && /"state":"(queued|running)"/.test(bytes.toString('latin1')));
}

/** What was seen in one world. */
export class Seen {
  private readonly numbers = new Map<string, string>();
  /** Names under which something was replaced. */
  readonly under = { digests: new Set<string>(), values: new Set<string>() };

  masked({ name, text }: Said): string {
    const last = name.split('.').findLast((part) => !/^\d+$/.test(part)) ?? name;
    if (Object.hasOwn(MAY_DIFFER.values, last)) {
      this.under.values.add(last);
      return text === 'null' ? text : '<value>';
    }
    if (text.length < SHORTEST) return text;
    return text
      .replace(UUID, (id) => this.numbered('id', id))
      .replace(TIME, '<time>')
      .replace(DIGEST, (digest) => {
        if (!Object.hasOwn(MAY_DIFFER.digests, last)) return digest;
        this.under.digests.add(last);
        return this.numbered('digest', digest);
      });
  }

  private numbered(kind: string, value: string): string {
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    const number = `<${kind} ${this.numbers.size}>`;
    this.numbers.set(value, number);
    return number;
  }
}

function headers(answer: Answer): Said[] {
  return (JSON.parse(answer.headers) as [string, string][]).map(([name, text]) => ({ name, text }));
}

function body({ body: bytes }: Answer): Said[] {
  const text = bytes.toString('latin1');
  const lines = text.endsWith('\n') && text.startsWith('{') ? text.trimEnd().split('\n') : [text];
  try {
    // As JSON, or as lines of it.
    const values = lines.map((line): unknown => JSON.parse(Buffer.from(line, 'latin1').toString()));
    const kept = values.length === 1 ? values : values.filter((value) => !isBatch(value));
    return kept.flatMap((value, i) => members(value, `${i}`));
  } catch {
    return [{ name: 'body', text }];
  }
}

function isBatch(value: unknown): boolean {
  const [only, ...others] = Object.keys(value as object);
  return others.length === 0 && only !== undefined && Object.hasOwn(MAY_DIFFER.lines, only);
}

function members(value: unknown, name: string): Said[] {
  if (typeof value !== 'object' || value === null) return [{ name, text: JSON.stringify(value) }];
  const entries = Object.entries(value);
  if (entries.length === 0) return [{ name, text: JSON.stringify(value) }];
  return entries.flatMap(([key, member]) => members(member, `${name}.${key}`));
}

/** The lines in which two transcripts differ, at most `most` of them; empty is good. */
export function differences(one: readonly string[], other: readonly string[], most = 10): string[] {
  const found: string[] = one.length === other.length ? [] : [`${one.length} and ${other.length} answers`];
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    if (one[i] === other[i]) continue;
    const [a, b] = [(one[i] ?? '').split('\n'), (other[i] ?? '').split('\n')];
    for (let j = 0; j < Math.max(a.length, b.length); j++) {
      if (found.length >= most) return found;
      if (a[j] !== b[j]) found.push(`${a[0]}\n    ${a[j]}\n    ${b[j]}`);
    }
  }
  return found;
}
