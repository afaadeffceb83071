import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fromBufferPromise, openPromise, type Options, type ZipFile } from 'yauzl';

/** The bytes of a file of results, which may be read more than once. */
export interface ImportSource {
  /** Bytes. */
  size: number;
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  zip(options: Options): Promise<ZipFile>;
  /** Called often. Throws when the reading is to stop. */
  throwIfStopped(): void;
}

const CHUNK = 64 * 1024;

export async function sourceOfFile(path: string, throwIfStopped = () => {}): Promise<ImportSource> {
  const { size } = await stat(path);
  return {
    size,
    async *chunks() {
      for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
        throwIfStopped();
        yield chunk as Buffer;
      }
    },
    throwIfStopped,
    zip: (options) => openPromise(path, options),
  };
}

export function sourceOfBytes(bytes: Buffer): ImportSource {
  return {
    size: bytes.length,
    *chunks() {
      for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
    },
    zip: (options) => fromBufferPromise(bytes, options),
    throwIfStopped: () => {},
  };
}
