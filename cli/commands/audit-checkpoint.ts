import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { readText } from '../local-file.js';
import type { Session } from '../session.js';
import { isConsistent, openCheckpoint, readVerifierKey } from '../verify/index.js';
import { CommandFailed } from '../problem.js';
import { EXIT } from '../exit-code.js';

interface Checkpoint {
  size: number;
  note: string;
  publicKey: string;
}

interface Consistency {
  hashes: string[];
}

/** The newest checkpoint, once it is shown that its log begins with that of the kept one. Writes it to `keep`. */
export async function followCheckpoint(
  session: Session,
  keep?: string,
  publicKey?: string,
): Promise<Checkpoint> {
  const { client } = session;
  const newest = await client.get<Checkpoint>(client.projectPath('/audit/checkpoint'));
  const known = publicKey === undefined ? newest.publicKey : readText(publicKey).trim();
  const keys = [readVerifierKey(known)];
  const open = (note: string, whose: string) => {
    try {
      return openCheckpoint(note, keys);
    } catch (error) {
      throw notFollowed(`${whose} does not open with ${known}: ${(error as Error).message}`);
    }
  };
  const later = open(newest.note, 'the checkpoint of the server');
  if (keep !== undefined && existsSync(keep)) {
    const earlier = open(readText(keep), `the checkpoint in ${keep}`);
    if (earlier.size > later.size)
      throw notFollowed(`you kept ${earlier.size} entries, and the server signs for ${later.size}`);
    const { hashes } = await client.get<Consistency>(client.projectPath('/audit/consistency'), {
      from: earlier.size,
      to: later.size,
    });
    const proof = hashes.map((hash) => Buffer.from(hash, 'hex'));
    if (earlier.origin !== later.origin || !isConsistent(earlier, later, proof))
      throw notFollowed(
        `the log of ${later.size} entries does not begin with the ${earlier.size} that you kept`,
      );
  }
  if (keep !== undefined) await writeFile(keep, newest.note);
  return newest;
}

const notFollowed = (detail: string) =>
  new CommandFailed(
    {
      code: 'AUDIT_LOG_REWRITTEN',
      detail,
      remedy:
        'The file that you kept was left as it is. Trust nothing of the log until the operator explains it.',
    },
    EXIT.fail,
  );
