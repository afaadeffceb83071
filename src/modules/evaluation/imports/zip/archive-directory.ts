import { type ImportCode, importError, quoted } from '../import-errors.js';
import type { ImportLimits } from '../import-limits.js';
import { isKnownMethod } from './unpack-member.js';

/** A line of an archive's directory. */
export interface DirectoryLine {
  name: string;
  method: number;
  packedBytes: number;
  unpackedBytes: number;
  isEncrypted: boolean;
}

const LONGEST_NAME = 1_000;

/** What an archive says that it holds, checked line by line before anything is unpacked. */
export class ArchiveDirectory {
  readonly names = new Set<string>();
  private packed = 0;
  private unpacked = 0;

  constructor(
    private readonly limits: ImportLimits,
    private readonly fileBytes: number,
  ) {}

  /** Throws IMPORT_ZIP_... */
  add(line: DirectoryLine): void {
    const place = `member ${quoted(line.name)}`;
    const refuse = (code: ImportCode, what: string, remedy: string): void => {
      throw importError(code, place, what, remedy);
    };
    const unsafe = unsafeName(line.name);
    if (unsafe) refuse('IMPORT_ZIP_MEMBER_NAME', unsafe, 'Import the archive as its tool wrote it.');
    if (this.names.has(line.name))
      refuse('IMPORT_ZIP_MEMBER_REPEATED', 'the archive holds it twice', 'Pack each file once.');
    this.names.add(line.name);
    if (this.names.size > this.limits.entries)
      refuse(
        'IMPORT_ZIP_TOO_MANY_MEMBERS',
        `it is one of more than ${this.limits.entries} members`,
        'Import the run in parts.',
      );
    if (line.isEncrypted)
      refuse('IMPORT_ZIP_MEMBER_ENCRYPTED', 'it is encrypted', 'Pack the archive without a password.');
    if (!isKnownMethod(line.method))
      refuse(
        'IMPORT_ZIP_COMPRESSION_UNKNOWN',
        `it is compressed by method ${line.method}; read are 0 (stored), 8 (deflated) and 93 (zstd)`,
        'Pack the archive anew with one of them.',
      );
    this.addSizes(line, refuse);
  }

  private addSizes(
    { packedBytes, unpackedBytes }: DirectoryLine,
    refuse: (code: ImportCode, what: string, remedy: string) => void,
  ): void {
    const { memberBytes, ratio, ratioFrom, unpackedBytes: most } = this.limits;
    const bomb = (what: string) =>
      refuse('IMPORT_ZIP_BOMB', what, 'Import the run in parts, or without its transcripts.');
    this.packed += packedBytes;
    this.unpacked += unpackedBytes;
    if (unpackedBytes > memberBytes)
      bomb(`it unpacks to ${unpackedBytes} bytes; at most ${memberBytes} are read`);
    if (unpackedBytes > ratioFrom && unpackedBytes > packedBytes * ratio)
      bomb(`it unpacks to more than ${ratio} times its ${packedBytes} bytes`);
    if (this.unpacked > most) bomb(`with it the archive unpacks to more than ${most} bytes`);
    // Members that share their bytes unpack to far more than each of them lets on.
    if (this.packed > this.fileBytes) bomb('the members are larger together than the archive');
  }
}

function unsafeName(name: string): string | undefined {
  if (name === '' || name.length > LONGEST_NAME)
    return `its name has ${name.length} characters; 1 to ${LONGEST_NAME} are expected`;
  if (/[\0-\x1f\x7f\\]/.test(name)) return 'its name holds a backslash or a control character';
  if (/^\/|^[a-zA-Z]:/.test(name)) return 'its name is an absolute path';
  if (name.split('/').includes('..')) return 'its name leads out of the archive by ".."';
  return undefined;
}
