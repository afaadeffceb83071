import { createHmac, hash } from 'node:crypto';

/**
 * A number in [0, 1) for each text: the first 53 bits of SHA-256 over domain, seed and text. The same text and seed always have
 * the same one, wherever the text stands. With a secret, of HMAC-SHA-256: whoever does not know it cannot tell the number.
 */
export class Draw {
  private readonly prefix: string;

  constructor(
    seed: number,
    private readonly secret?: Uint8Array,
  ) {
    this.prefix = `assay/split/v1\n${seed}\n`;
  }

  of(text: string): number {
    const drawn = this.prefix + text;
    const bytes = this.secret
      ? createHmac('sha256', this.secret).update(drawn).digest()
      : hash('sha256', drawn, 'buffer');
    return (bytes.readUInt32BE(0) * 2 ** 21 + (bytes.readUInt32BE(4) >>> 11)) / 2 ** 53;
  }
}

/** Split by split the half-open part of [0, 1) that is as long as its share: a row stays where it is whatever rows come or go. */
export function assignByHash(draws: Float64Array, shares: readonly number[]): Uint8Array {
  const bounds: number[] = [];
  for (const share of shares) bounds.push((bounds.at(-1) ?? 0) + share);
  return Uint8Array.from(draws, (draw) => {
    const found = bounds.findIndex((bound) => draw < bound);
    return found < 0 ? shares.length - 1 : found;
  });
}
