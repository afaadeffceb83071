import type { Readable } from 'node:stream';
import { type Entry, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { AssayError } from '../../../../platform/errors/index.js';
import { importError } from '../import-errors.js';
import type { ImportLimits } from '../import-limits.js';
import type { ImportSource } from '../import-source.js';
import { ArchiveDirectory } from './archive-directory.js';
import { corrupt, type TakeBytes, unpackMember } from './unpack-member.js';

/** A member, while it is its turn. */
export interface ArchiveMember {
  name: string;
  read(take: TakeBytes): Promise<void>;
}

/**
 * The files of an archive, in the order of its directory; nothing is written anywhere. Every name and size is looked at before
 * any member is read. Throws InvalidInputError: IMPORT_ZIP_...
 */
export async function* archiveMembers(
  source: ImportSource,
  limits: ImportLimits,
): AsyncGenerator<ArchiveMember> {
  await archiveNames(source, limits);
  for await (const { zip, entry, name } of entries(source)) {
    source.throwIfStopped();
    if (!name.endsWith('/'))
      yield { name, read: (take) => readMember(source, zip, entry, name, limits, take) };
  }
}

/** The names of all members, which are as they may be. Throws as `archiveMembers`. */
export async function archiveNames(source: ImportSource, limits: ImportLimits): Promise<Set<string>> {
  const directory = new ArchiveDirectory(limits, source.size);
  for await (const { entry, name } of entries(source)) {
    source.throwIfStopped();
    directory.add({
      name,
      method: entry.compressionMethod,
      packedBytes: entry.compressedSize,
      unpackedBytes: entry.uncompressedSize,
      isEncrypted: entry.isEncrypted(),
    });
  }
  return directory.names;
}

async function* entries(source: ImportSource): AsyncGenerator<{ zip: ZipFile; entry: Entry; name: string }> {
  let zip: ZipFile | undefined;
  try {
    // Names as bytes: yauzl would turn a backslash into a slash.
    zip = await source.zip({ autoClose: false, lazyEntries: true, decodeStrings: false });
    for await (const entry of zip.eachEntry()) {
      const raw = entry.fileName as unknown as Buffer;
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, true);
      yield { zip, entry, name };
    }
  } catch (error) {
    throw error instanceof AssayError ? error : malformed(error as Error);
  } finally {
    zip?.close();
  }
}

async function readMember(
  source: ImportSource,
  zip: ZipFile,
  entry: Entry,
  name: string,
  limits: ImportLimits,
  take: TakeBytes,
): Promise<void> {
  const packed = await openPacked(zip, entry, name);
  const facts = {
    name,
    method: entry.compressionMethod,
    unpackedBytes: entry.uncompressedSize,
    crc32: entry.crc32,
  };
  await unpackMember(packed, facts, limits, take, () => source.throwIfStopped());
}

/** As it lies there: what unpacks is counted byte by byte. */
async function openPacked(zip: ZipFile, entry: Entry, name: string): Promise<Readable> {
  try {
    return await zip.openReadStreamPromise(entry, { decodeFileData: false });
  } catch (error) {
    throw corrupt(name, `it does not lie where the archive says: ${(error as Error).message.slice(0, 200)}`);
  }
}

const malformed = ({ message }: Error) =>
  importError(
    'IMPORT_ZIP_MALFORMED',
    'the archive',
    `it cannot be read: ${message.slice(0, 200)}`,
    'Copy or download the archive again; it has been damaged or cut off.',
  );
