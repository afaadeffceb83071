import { Decompress } from 'fzstd';
import createXxhash from 'xxhash-wasm';
import { type ZstdFrame, ZstdFrames, ZstdRefused } from './zstd-frames.js';

/** What the reader of zstd can look back on. */
const MOST_WINDOW = 32 * 1024 * 1024;
/** Small, because all that a piece unpacks to is handed on before the next one is read. */
const PIECE = 4 * 1024;
const LOW_32 = 0xffffffffn;

/** Unpack zstd frames of windows of at most so many bytes, and hold each to its checksum, which `fzstd` does not read. Throws ZstdRefused, and errors of fzstd. */
export async function unzstd(
  packed: AsyncIterable<Uint8Array>,
  take: (chunk: Uint8Array) => void,
  mostWindow: number = MOST_WINDOW,
): Promise<void> {
  const { create64 } = await createXxhash();
  const frames = new ZstdFrames(mostWindow);
  let hash = create64();
  let blocks = 0;
  let frame: ZstdFrame | undefined;
  const settle = () => {
    // One chunk for each block: a frame is over when as many came as it has.
    while ((frame ??= frames.takeFrame()) && frame.blocks === blocks) {
      if (frame.checksum !== null && Number(hash.digest() & LOW_32) !== frame.checksum)
        throw new ZstdRefused('its data do not have its checksum');
      hash = create64();
      blocks = 0;
      frame = undefined;
    }
  };
  const decompress = new Decompress((chunk, isEnd) => {
    if (isEnd) return;
    settle();
    hash.update(chunk);
    blocks += 1;
    take(chunk);
  });
  for await (const chunk of packed) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const piece = chunk.subarray(at, at + PIECE);
      frames.write(piece);
      decompress.push(piece);
    }
  }
  frames.end();
  decompress.push(new Uint8Array(0), true);
  settle();
}
