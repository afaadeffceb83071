/** 2^12 registers: a standard error of 1.04 / 64 = 1.6 %. */
const BITS = 12;
export const DISTINCT_REGISTERS = 1 << BITS;
/** A hash has 64 bits: 12 choose the register, the leading zeros of the other 52, and one more, are what it may hold. */
const LONGEST = 64 - BITS + 1;

/** The relative standard error of an estimate. */
export const DISTINCT_ERROR = 1.04 / Math.sqrt(DISTINCT_REGISTERS);

/**
 * HyperLogLog as stored: of each register the longest run of leading zeros, plus one, among the hashes of its values; 0 where there
 * was none. Merging is exact: the larger of each. Flajolet and others 2007.
 */
export function emptyRegisters(): Uint8Array {
  return new Uint8Array(DISTINCT_REGISTERS);
}

/** Throws RangeError where there are not 4,096, or one is larger than 53. */
export function checkRegisters(registers: Uint8Array): void {
  if (registers.length !== DISTINCT_REGISTERS || registers.some((register) => register > LONGEST))
    throw new RangeError(`expected ${DISTINCT_REGISTERS} registers from 0 to ${LONGEST}`);
}

export function mergeRegisters(a: Uint8Array, b: Uint8Array): Uint8Array {
  checkRegisters(a);
  checkRegisters(b);
  return a.map((register, i) => Math.max(register, b[i]!));
}

/**
 * How many different values there were, to `DISTINCT_ERROR`, from few to 2^64: the corrected raw estimator of Ertl 2017 (arXiv
 * 1702.01284, algorithm 6), which needs no table of biases.
 */
export function estimateDistinct(registers: Uint8Array): number {
  checkRegisters(registers);
  const m = DISTINCT_REGISTERS;
  const counts = new Array<number>(LONGEST + 1).fill(0);
  for (const register of registers) counts[register]!++;
  let z = m * tau(1 - counts[LONGEST]! / m);
  for (let k = LONGEST - 1; k >= 1; k--) z = 0.5 * (z + counts[k]!);
  z += m * sigma(counts[0]! / m);
  return (m * m) / (2 * Math.LN2 * z);
}

function sigma(x: number): number {
  if (x === 1) return Infinity;
  let [power, y, z] = [x, 1, x];
  for (;;) {
    power *= power;
    const before = z;
    z += power * y;
    y += y;
    if (z === before) return z;
  }
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let [root, y, z] = [x, 1, 1 - x];
  for (;;) {
    root = Math.sqrt(root);
    const before = z;
    y *= 0.5;
    z -= (1 - root) ** 2 * y;
    if (z === before) return z / 3;
  }
}
