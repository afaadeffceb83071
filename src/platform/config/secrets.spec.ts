import { sign, verify } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secrets } from './secrets.js';

describe('the keys of an installation', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'assay-keys-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  it('are made once, whoever starts at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => Secrets.open(home)));
    const said = Buffer.from('decided');
    const signature = sign(null, said, all[0]!.signingKey);
    for (const secrets of all) {
      expect(verify(null, said, secrets.publicKey, signature)).toBe(true);
      expect(secrets.projectHmacKey('p')).toEqual(all[0]!.projectHmacKey('p'));
    }
  });

  it('differ from project to project', async () => {
    const secrets = await Secrets.open(home);
    expect(secrets.projectHmacKey('a')).toHaveLength(32);
    expect(secrets.projectHmacKey('a')).not.toEqual(secrets.projectHmacKey('b'));
  });

  it('are for their owner alone, and refused where others can read them', async () => {
    await Secrets.open(home);
    const keys = join(home, 'keys');
    expect(statSync(keys).mode & 0o777).toBe(0o700);
    expect(readdirSync(keys).map((name) => statSync(join(keys, name)).mode & 0o777)).toEqual([0o600, 0o600]);
    chmodSync(join(keys, 'master'), 0o640);
    await expect(Secrets.open(home)).rejects.toThrow(
      /master can be read by others \(mode 640\); expected 600/,
    );
  });
});
