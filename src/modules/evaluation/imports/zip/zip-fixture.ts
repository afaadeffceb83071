import { crc32, deflateRawSync } from 'node:zlib';

/** A member of an archive of a test. */
export interface Member {
  name: string;
  content?: string | Buffer;
  /** 0 stored, 8 deflated (default), or another with `packed`. */
  method?: number;
  packed?: Buffer;
  unpackedBytes?: number;
  sum?: number;
  flags?: number;
  /** Where its bytes lie, when they are another member's. */
  offset?: number;
}

/** A ZIP archive after APPNOTE 6.3, made by hand so that it can lie. */
export function zipOf(members: readonly Member[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let end = 0;
  for (const { name, content = '', method = 8, ...more } of members) {
    const bytes = Buffer.from(content as string);
    const packed = more.packed ?? (method === 8 ? deflateRawSync(bytes) : bytes);
    const facts = Buffer.alloc(22);
    facts.writeUInt16LE(more.flags ?? 0x800, 0);
    facts.writeUInt16LE(method, 2);
    facts.writeUInt32LE(more.sum ?? crc32(bytes), 8);
    facts.writeUInt32LE(packed.length, 12);
    facts.writeUInt32LE(more.unpackedBytes ?? bytes.length, 16);
    facts.writeUInt16LE(Buffer.byteLength(name), 20);
    const offset = Buffer.alloc(4);
    offset.writeUInt32LE(more.offset ?? end);
    directory.push(
      Buffer.from('PK\x01\x02\x14\x00\x14\x00', 'latin1'),
      facts,
      Buffer.alloc(12),
      offset,
      Buffer.from(name),
    );
    if (more.offset !== undefined) continue;
    const local = [
      Buffer.from('PK\x03\x04\x14\x00', 'latin1'),
      facts,
      Buffer.alloc(2),
      Buffer.from(name),
      packed,
    ];
    locals.push(...local);
    end += Buffer.concat(local).length;
  }
  const last = Buffer.alloc(22);
  last.write('PK\x05\x06', 'latin1');
  last.writeUInt16LE(members.length, 8);
  last.writeUInt16LE(members.length, 10);
  last.writeUInt32LE(Buffer.concat(directory).length, 12);
  last.writeUInt32LE(end, 16);
  return Buffer.concat([...locals, ...directory, last]);
}
