/** What a log commits to: all of its first `size` leaves. */
export interface Checkpoint {
  /** The name of the log, unique to it. */
  origin: string;
  size: number;
  root: Buffer;
}

/** The text of a checkpoint (c2sp.org/tlog-checkpoint): origin, size, base64 root, a line each. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  if (origin === '' || origin.includes('\n')) throw new Error('the origin is one line');
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`${size} is no tree size`);
  if (root.length !== 32) throw new RangeError('a root has 32 bytes');
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** Reads the text of a checkpoint; further lines are extensions and ignored. Throws for another form. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, encoded] = text.split('\n');
  const root = Buffer.from(encoded ?? '', 'base64');
  if (
    !origin ||
    !/^(0|[1-9][0-9]{0,15})$/.test(size ?? '') ||
    root.length !== 32 ||
    root.toString('base64') !== encoded
  ) {
    throw new Error('not a checkpoint: expected origin, size and base64 root');
  }
  return { origin, size: Number(size), root };
}
