import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { receive } from '../../../platform/storage/index.js';
import type { Fetching } from './fetching.js';
import { referenceError } from './split-reference.js';

/** Copy a file that lies below the folder of data. Throws REFERENCE_NOT_FOUND, UPLOAD_TOO_LARGE. */
export async function copyFile(split: string, url: URL, { dataFolder, folder, maxUploadBytes }: Fetching) {
  const source = await openInside(dataFolder!, url);
  // Outside, missing, a folder and not to be read are one answer: it tells nobody what there is.
  if (!source)
    throw referenceError(
      'REFERENCE_NOT_FOUND',
      split,
      'the reference leads to no file below the folder that the operator allows',
      'Name a file below ASSAY_DATA_FOLDER by its whole path, as the machine has it that runs jobs.',
    );
  return receive(source, folder, maxUploadBytes);
}

/** A regular file that lies below `folder`, wherever links lead: held to that once it is open, so that none can change in between. */
async function openInside(folder: string, url: URL): Promise<Readable | undefined> {
  try {
    const root = await realpath(folder);
    const path = await realpath(fileURLToPath(url));
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
    // A pipe would be waited for; what is a link by now is none of ours.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return await closedUnless(handle, () => isFileAt(path, handle));
  } catch (error) {
    if (REFUSALS.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function isFileAt(path: string, handle: FileHandle): Promise<boolean> {
  const [opened, named] = [await handle.stat(), await stat(path)];
  const isSame = opened.ino === named.ino && opened.dev === named.dev && (await realpath(path)) === path;
  return opened.isFile() && isSame;
}

/** The stream of an open file, which closes it; where the file is not `usable`, or that cannot be found out, it is closed here. */
export async function closedUnless(
  handle: FileHandle,
  usable: () => Promise<boolean>,
): Promise<Readable | undefined> {
  let isUsable = false;
  try {
    isUsable = await usable();
  } finally {
    if (!isUsable) await handle.close();
  }
  return isUsable ? handle.createReadStream() : undefined;
}

const REFUSALS = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'EACCES',
  'EPERM',
  'ENAMETOOLONG',
  'ENXIO',
  'EISDIR',
  'ERR_INVALID_ARG_VALUE',
  'ERR_INVALID_FILE_URL_PATH',
  'ERR_INVALID_URL',
]);
