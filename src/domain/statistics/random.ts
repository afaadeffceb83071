import { createHash } from 'node:crypto';
import { normalQuantile } from './normal.js';

/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/** The generator's name, part of every result that used it: the same name and seed give the same numbers for ever. */
export const RANDOM_KIND = 'xoshiro128**/sha256';

/** Uniform doubles of 53 bits from xoshiro128** (Blackman and Vigna 2018), its state the SHA-256 of the seed's text. */
export function seededRandom(seed: number | string): Random {
  const digest = createHash('sha256').update(String(seed)).digest();
  let a = digest.readUInt32LE(0) | 1; // Never the all-zero state.
  let b = digest.readUInt32LE(4) | 0;
  let c = digest.readUInt32LE(8) | 0;
  let d = digest.readUInt32LE(12) | 0;
  const next = (): number => {
    const scaled = Math.imul(b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
}

/** One standard normal number, by inversion: exactly one uniform each. */
export function normalDraw(random: Random): number {
  const u = random();
  return normalQuantile(u === 0 ? 2 ** -54 : u);
}
