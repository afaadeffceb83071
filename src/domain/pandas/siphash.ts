/** The key of `pandas.util.hash_pandas_object`. */
const KEY = Buffer.from('0123456789123456', 'latin1');

/** Four words of 64 bits as halves, low before high: BigInt would take ten times as long. */
type State = Uint32Array;

/** SipHash-2-4 (Aumasson and Bernstein 2012) of the bytes, as an unsigned 64-bit number. `key` has 16 bytes. */
export function siphash(bytes: Buffer, key: Buffer = KEY): bigint {
  const [k0, k1, k2, k3] = [0, 4, 8, 12].map((at) => key.readUInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  const v = Uint32Array.of(
    k0 ^ 0x70736575,
    k1 ^ 0x736f6d65,
    k2 ^ 0x6e646f6d,
    k3 ^ 0x646f7261,
    k0 ^ 0x6e657261,
    k1 ^ 0x6c796765,
    k2 ^ 0x79746573,
    k3 ^ 0x74656462,
  );
  const whole = bytes.length - (bytes.length % 8);
  const last = Buffer.alloc(8);
  bytes.copy(last, 0, whole);
  last[7] = bytes.length & 0xff;
  for (let at = 0; at < whole; at += 8) absorb(v, bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4));
  absorb(v, last.readUInt32LE(0), last.readUInt32LE(4));
  v[4]! ^= 0xff;
  for (let i = 0; i < 4; i++) round(v);
  const low = (v[0]! ^ v[2]! ^ v[4]! ^ v[6]!) >>> 0;
  const high = (v[1]! ^ v[3]! ^ v[5]! ^ v[7]!) >>> 0;
  return (BigInt(high) << 32n) | BigInt(low);
}

function absorb(v: State, low: number, high: number): void {
  v[6]! ^= low;
  v[7]! ^= high;
  round(v);
  round(v);
  v[0]! ^= low;
  v[1]! ^= high;
}

function round(v: State): void {
  mix(v, 0, 2, 13);
  swap(v, 0);
  mix(v, 4, 6, 16);
  mix(v, 0, 6, 21);
  mix(v, 4, 2, 17);
  swap(v, 4);
}

/** a += b, b = (b <<< by) ^ a, for words at places a and b; `by` below 32. */
function mix(v: State, a: number, b: number, by: number): void {
  const [low, high] = [v[b]!, v[b + 1]!];
  const sum = v[a]! + low;
  v[a] = sum;
  v[a + 1] = v[a + 1]! + high + (sum > 0xffffffff ? 1 : 0);
  v[b] = ((low << by) | (high >>> (32 - by))) ^ v[a]!;
  v[b + 1] = ((high << by) | (low >>> (32 - by))) ^ v[a + 1]!;
}

/** Rotated by 32. */
function swap(v: State, a: number): void {
  const low = v[a]!;
  v[a] = v[a + 1]!;
  v[a + 1] = low;
}
