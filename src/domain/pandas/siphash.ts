/** The key of `pandas.util.hash_pandas_object`. */
const KEY = Buffer.from('0123456789123456', 'latin1');
const u64 = (x: bigint) => BigInt.asUintN(64, x);
const rotl = (x: bigint, by: bigint) => u64((x << by) | (x >> (64n - by)));

/** SipHash-2-4 (Aumasson and Bernstein 2012) of the bytes, as an unsigned 64-bit number. `key` has 16 bytes. */
export function siphash(bytes: Buffer, key: Buffer = KEY): bigint {
  const [k0, k1] = [key.readBigUInt64LE(0), key.readBigUInt64LE(8)];
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const round = () => {
    v0 = u64(v0 + v1);
    v1 = rotl(v1, 13n) ^ v0;
    v0 = rotl(v0, 32n);
    v2 = u64(v2 + v3);
    v3 = rotl(v3, 16n) ^ v2;
    v0 = u64(v0 + v3);
    v3 = rotl(v3, 21n) ^ v0;
    v2 = u64(v2 + v1);
    v1 = rotl(v1, 17n) ^ v2;
    v2 = rotl(v2, 32n);
  };
  const last = Buffer.alloc(8);
  const whole = bytes.length - (bytes.length % 8);
  bytes.copy(last, 0, whole);
  last[7] = bytes.length & 0xff;
  for (let at = 0; at <= whole; at += 8) {
    const word = at < whole ? bytes.readBigUInt64LE(at) : last.readBigUInt64LE(0);
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  v2 ^= 0xffn;
  for (let i = 0; i < 4; i++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}
