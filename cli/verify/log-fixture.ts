import { createHash, generateKeyPairSync, sign } from 'node:crypto';

/** A small audit log as Assay would export it, built from the definitions for the specs beside this file. */
export const PROJECT = '018f0000-0000-7000-8000-000000000001';

export interface FixtureEntry {
  index: number;
  leafHash: string;
  leaf?: Record<string, unknown>;
  body?: Record<string, unknown>;
}

const sha = (...parts: (string | Buffer)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** JSON with members in order; enough for the plain names and values of these specs. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** An entry as it is exported: leaf and body are canonical. */
function inOrder({ index, leafHash, ...rest }: FixtureEntry): object {
  return {
    index,
    leafHash,
    ...(JSON.parse(
      `{${Object.entries(rest)
        .map(([name, value]) => `"${name}":${ordered(value)}`)
        .join(',')}}`,
    ) as object),
  };
}

const split = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

function root(leaves: Buffer[]): Buffer {
  if (leaves.length <= 1) return leaves[0] ?? sha('');
  const k = split(leaves.length);
  return sha(Buffer.from([1]), root(leaves.slice(0, k)), root(leaves.slice(k)));
}

function path(index: number, leaves: Buffer[]): Buffer[] {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...path(index, leaves.slice(0, k)), root(leaves.slice(k))]
    : [...path(index - k, leaves.slice(k)), root(leaves.slice(0, k))];
}

export class LogFixture {
  private readonly keys = generateKeyPairSync('ed25519');
  readonly entries: FixtureEntry[] = [];
  readonly sizes: number[] = [];
  private readonly origin = 'assay/fixture';

  get publicKey(): string {
    return `${this.origin}+${this.keyId.toString('hex')}+${this.rawKey.toString('base64')}`;
  }

  /** An entry of this project. */
  add(action: string, body: Record<string, unknown>, subject = { kind: 'run', id: 'r1' }): this {
    const leaf = {
      action,
      actor: { id: 'k1', kind: 'key', name: 'ci' },
      bodyDigest: sha(ordered(body)).toString('hex'),
      id: `entry-${this.entries.length}`,
      project: PROJECT,
      requestId: 'q1',
      subject,
      time: '2026-01-02T03:04:05.678901Z',
    };
    const leafHash = sha(Buffer.from([0]), ordered(leaf)).toString('hex');
    this.entries.push({ index: this.entries.length, leafHash, leaf, body });
    return this;
  }

  /** An entry of another project. */
  addForeign(): this {
    const leafHash = sha(`foreign ${this.entries.length}`).toString('hex');
    this.entries.push({ index: this.entries.length, leafHash });
    return this;
  }

  checkpoint(): this {
    this.sizes.push(this.entries.length);
    return this;
  }

  lines(): string[] {
    return [
      { format: 'assay/audit-export/v1', project: PROJECT, size: this.entries.length },
      ...this.entries.map(inOrder),
      ...this.sizes.map((size) => ({ checkpoint: this.note(size) })),
      { publicKey: this.publicKey },
    ].map((line) => JSON.stringify(line));
  }

  proof(index: number) {
    const size = this.entries.length;
    const { leaf, body } = this.entries[index]!;
    const hashes = path(index, this.leaves(size)).map((hash) => hash.toString('hex'));
    return {
      leaf,
      body,
      index,
      treeSize: size,
      hashes,
      checkpoint: this.note(size),
      publicKey: this.publicKey,
    };
  }

  static digest(value: unknown): string {
    return sha(ordered(value)).toString('hex');
  }

  note(size: number): string {
    const text = `${this.origin}\n${size}\n${root(this.leaves(size)).toString('base64')}\n`;
    const blob = Buffer.concat([this.keyId, sign(null, Buffer.from(text), this.keys.privateKey)]);
    return `${text}\n\u2014 ${this.origin} ${blob.toString('base64')}\n`;
  }

  private get rawKey(): Buffer {
    const { x } = this.keys.publicKey.export({ format: 'jwk' });
    return Buffer.concat([Buffer.from([1]), Buffer.from(x!, 'base64url')]);
  }

  private get keyId(): Buffer {
    return sha(`${this.origin}\n`, this.rawKey).subarray(0, 4);
  }

  private leaves(size: number): Buffer[] {
    return this.entries.slice(0, size).map(({ leafHash }) => Buffer.from(leafHash, 'hex'));
  }
}
