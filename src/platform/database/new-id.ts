import { randomBytes } from 'node:crypto';

let last = 0;
let count = 0;

/**
 * A UUID of version 7 (RFC 9562). Ids made by one process sort in the order in which they were made, even within a
 * millisecond (a counter of 12 bits, method 1 of section 6.2), so that lists and indexes stay in order.
 */
export function newId(now: number = Date.now(), random: Buffer = randomBytes(10)): string {
  if (now > last) {
    last = now;
    // Begins in the lower half, to leave room for counting.
    count = random.readUInt16BE(8) & 0x7ff;
  } else if (++count > 0xfff) {
    last += 1;
    count = 0;
  }
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(last, 0, 6);
  bytes.writeUInt16BE(0x7000 | count, 6);
  random.copy(bytes, 8, 0, 8);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
