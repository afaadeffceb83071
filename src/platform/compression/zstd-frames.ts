/** Why a zstd stream is not taken; the sentence is about the stream. */
export class ZstdRefused extends Error {
  override readonly name = 'ZstdRefused';
}

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

/** What a whole frame says of itself. */
export interface ZstdFrame {
  blocks: number;
  /** The low 32 bits of the XXH64 of what it unpacks to; null where the frame has none. */
  checksum: number | null;
}

type Part = 'magic' | 'skip-size' | 'header' | 'block' | 'body' | 'checksum';

/**
 * Walks along the frames and blocks of a zstd stream (RFC 8878, 3.1) without unpacking them. What unpacks it allocates the window
 * that a frame asks for, so that each is asked about first; and a stream that ends in a frame is found out.
 */
export class ZstdFrames {
  private part: Part = 'magic';
  /** Bytes of the current part, as far as they have come; bodies are counted, not held. */
  private held = Buffer.alloc(0);
  private needed = 4;
  private isLast = false;
  private hasChecksum = false;
  private frames = 0;
  private blocks = 0;
  private readonly whole: ZstdFrame[] = [];

  constructor(private readonly mostWindowBytes: number) {}

  /** Throws ZstdRefused. */
  write(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.part === 'body') {
        const taken = Math.min(this.needed, chunk.length - at);
        at += taken;
        this.needed -= taken;
        if (this.needed === 0) this.bodyEnded();
        continue;
      }
      const missing = this.needed - this.held.length;
      this.held = Buffer.concat([this.held, chunk.subarray(at, at + missing)]);
      at += missing;
      if (this.held.length === this.needed) this.partEnded(this.held);
    }
  }

  /** Throws ZstdRefused. */
  end(): void {
    if (this.part !== 'magic' || this.held.length > 0)
      throw new ZstdRefused('it ends in the middle of a frame');
    if (this.frames === 0) throw new ZstdRefused('it holds no frame');
  }

  /** The next frame that came whole and was not asked for before. */
  takeFrame(): ZstdFrame | undefined {
    return this.whole.shift();
  }

  private expect(part: Part, bytes: number): void {
    this.part = part;
    this.needed = bytes;
    this.held = Buffer.alloc(0);
  }

  private partEnded(bytes: Buffer): void {
    switch (this.part) {
      case 'magic':
        return this.magic(bytes.readUInt32LE());
      case 'skip-size':
        this.isLast = true;
        this.hasChecksum = false;
        this.blocks = 0;
        this.expect('body', bytes.readUInt32LE());
        if (this.needed === 0) this.bodyEnded();
        return;
      case 'header':
        return this.header(bytes);
      case 'block':
        return this.block(bytes.readUIntLE(0, 3));
      case 'checksum':
        this.whole.push({ blocks: this.blocks, checksum: bytes.readUInt32LE() });
        return this.expect('magic', 4);
      case 'body':
        return;
    }
  }

  private magic(found: number): void {
    if (found === MAGIC) this.expect('header', 1);
    // Sixteen of them.
    else if ((found & 0xfffffff0) >>> 0 === SKIPPABLE) this.expect('skip-size', 4);
    else throw new ZstdRefused('a frame does not begin with the mark of zstd');
  }

  /** The descriptor says how long the header is; then the header is here whole. */
  private header(bytes: Buffer): void {
    const descriptor = bytes[0]!;
    const isSingle = (descriptor >> 5) & 1;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
    const sizeFlag = descriptor >> 6;
    const sizeBytes = sizeFlag === 0 ? isSingle : 1 << sizeFlag;
    const length = 1 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
    if (bytes.length < length) {
      this.needed = length;
      return;
    }
    if (descriptor & 8) throw new ZstdRefused('a frame sets a reserved bit');
    if (bytes.subarray(length - sizeBytes - dictionaryBytes, length - sizeBytes).some((byte) => byte !== 0))
      throw new ZstdRefused('a frame needs a dictionary');
    const window = isSingle ? contentSize(bytes.subarray(length - sizeBytes)) : windowSize(bytes[1]!);
    if (window > this.mostWindowBytes) {
      throw new ZstdRefused(
        `a frame needs a window of ${window} bytes; at most ${this.mostWindowBytes} are given`,
      );
    }
    this.hasChecksum = (descriptor & 4) !== 0;
    this.frames += 1;
    this.blocks = 0;
    this.expect('block', 3);
  }

  private block(header: number): void {
    this.isLast = (header & 1) === 1;
    this.blocks += 1;
    const type = (header >> 1) & 3;
    if (type === 3) throw new ZstdRefused('a block is of a reserved type');
    // One byte that is repeated, or as many as it says.
    this.expect('body', type === 1 ? 1 : header >> 3);
    if (this.needed === 0) this.bodyEnded();
  }

  private bodyEnded(): void {
    if (!this.isLast) this.expect('block', 3);
    else if (this.hasChecksum) this.expect('checksum', 4);
    else {
      // A frame that is skipped has no block.
      if (this.blocks > 0) this.whole.push({ blocks: this.blocks, checksum: null });
      this.expect('magic', 4);
    }
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(bytes: Buffer): number {
  if (bytes.length === 8) return Number(bytes.readBigUInt64LE());
  const size = bytes.readUIntLE(0, bytes.length);
  return bytes.length === 2 ? size + 256 : size;
}
