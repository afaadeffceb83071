import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { decodeNoteKey } from '../../domain/merkle/index.js';
import { Secrets } from '../config/index.js';
import { withClient } from '../database/connections.js';

/**
 * See, before anything is signed or sealed, that the keys of `home` are those that the database's log was signed with. Keys are
 * made at the first start only: new ones in place of lost ones could neither open what was sealed nor continue what was signed.
 */
export async function refuseStrangeKeys(home: string, databaseUrl: string): Promise<void> {
  const signedWith = await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ key: string }>(
      'SELECT public_key AS key FROM audit_checkpoint ORDER BY size DESC LIMIT 1',
    );
    return rows[0]?.key;
  });
  if (signedWith === undefined) return;
  const [missing] = Secrets.missing(home);
  if (missing !== undefined) {
    throw new Error(
      `${missing} is missing, and the database holds what was signed and sealed with it. Restore the folder ` +
        `${join(home, 'keys')} from a backup, or copy it from the home that shares this database; no new key is made in its place.`,
    );
  }
  const raw = (key: ReturnType<typeof createPublicKey>) => key.export({ type: 'spki', format: 'der' });
  const { publicKey } = await Secrets.open(home);
  if (raw(publicKey).equals(raw(decodeNoteKey(signedWith).publicKey))) return;
  throw new Error(
    `${join(home, 'keys', 'signing.pem')} is not the key that the database's log was signed with. Restore the folder ` +
      `${join(home, 'keys')} from a backup, or copy it from the home that shares this database.`,
  );
}
