import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { join } from 'node:path';
import { secretFile } from './secret-file.js';

/** The keys of this installation: files of mode 0600 under `<home>/keys`, made at the first start. */
export class Secrets {
  private constructor(
    /** Ed25519, signs checkpoints. */
    readonly signingKey: KeyObject,
    private readonly master: Buffer,
  ) {}

  static async open(home: string): Promise<Secrets> {
    const pem = await secretFile(join(home, 'keys', 'signing.pem'), () =>
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    );
    const master = await secretFile(join(home, 'keys', 'master'), () => randomBytes(32).toString('hex'));
    return new Secrets(createPrivateKey(pem), Buffer.from(master.trim(), 'hex'));
  }

  get publicKey(): KeyObject {
    return createPublicKey(this.signingKey);
  }

  /** 32 bytes that commit sealed labels of a project; another project's say nothing about them. */
  projectHmacKey(projectId: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.master, projectId, 'assay/project-hmac/v1', 32));
  }

  /** 32 bytes from which the keys of a project's sealed files come. */
  projectSealingKey(projectId: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.master, projectId, 'assay/project-sealing/v1', 32));
  }
}
