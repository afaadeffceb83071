import { isHash, isObject } from './json-shape.js';

interface Attested {
  digest: string;
  /** Entry of the log. */
  index: number;
}

/** What the entries of a log say of records: each time that they recorded one, the digest it then had. */
export class RecordLedger {
  private readonly records = new Map<string, Map<number, Attested>>();
  private problem?: { index: number; reason: string };
  attestations = 0;

  /** Takes `records` of a body whose digest was checked. */
  add(index: number, body: object): void {
    const { records } = body as { records?: unknown };
    if (records === undefined) return;
    if (!Array.isArray(records)) return this.wrong(index, 'its records are not a list');
    for (const record of records as unknown[]) {
      if (!isObject(record)) return this.wrong(index, 'one of its records is not an object');
      const { kind, id, digest, n } = record;
      if (typeof kind !== 'string' || typeof id !== 'string' || !isHash(digest) || !Number.isSafeInteger(n))
        return this.wrong(index, 'one of its records has no kind, id, digest and number');
      const key = `${kind} ${id}`;
      const times = this.records.get(key) ?? new Map<number, Attested>();
      const earlier = times.get(n as number);
      if (earlier)
        return this.wrong(
          index,
          `${key} was recorded for the time ${String(n)} in entry ${earlier.index} already`,
        );
      times.set(n as number, { digest, index });
      this.records.set(key, times);
      this.attestations++;
    }
  }

  /** How a record was left the n-th time. */
  find(key: string, n: number): Attested | undefined {
    return this.records.get(key)?.get(n);
  }

  /** The last time that one of the first `size` entries recorded it; 0 where none did. */
  lastBefore(key: string, size: number): number {
    const times = [...(this.records.get(key) ?? [])].filter(([, { index }]) => index < size);
    return Math.max(0, ...times.map(([n]) => n));
  }

  keys(): IterableIterator<string> {
    return this.records.keys();
  }

  /** What the entries say that cannot be, if anything: each record is recorded for the first, second, ... time. */
  contradiction(): { index: number; reason: string } | undefined {
    if (this.problem) return this.problem;
    for (const [key, times] of this.records) {
      for (let n = 1; n <= times.size; n++) {
        if (times.has(n)) continue;
        const index = Math.min(...[...times.values()].map((one) => one.index));
        return { index, reason: `${key} is never recorded for the time ${n}, though for later ones` };
      }
    }
    return undefined;
  }

  private wrong(index: number, reason: string): void {
    this.problem ??= { index, reason: `entry ${index}: ${reason}` };
  }
}
