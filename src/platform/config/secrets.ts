import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { damagedSecret, secretFile } from './secret-file.js';

const KEY_FILES = ['signing.pem', 'master'];

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
    if (!/^[0-9a-f]{64}$/.test(master.trim())) throw damaged(home, 'master', '64 hexadecimal digits', master);
    return new Secrets(signingKey(home, pem), Buffer.from(master.trim(), 'hex'));
  }

  /** Which of the keys a home lacks: they are made where nothing depends on them yet. */
  static missing(home: string): string[] {
    return KEY_FILES.map((name) => join(home, 'keys', name)).filter((path) => !existsSync(path));
  }

  get publicKey(): KeyObject {
    return createPublicKey(this.signingKey);
  }

  /** 32 bytes that commit sealed labels of a project; another project's say nothing about them. */
  projectHmacKey(projectId: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.master, projectId, 'assay/project-hmac/v1', 32));
  }

  /** 32 bytes that commit the sealed labels that one key of a project pushes: equal rows of two pushers do not show as equal. */
  pusherHmacKey(projectId: string, keyId: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.master, projectId, `assay/pusher-hmac/v1/${keyId}`, 32));
  }

  /** 32 bytes under which a project looks up whom rows are about. */
  projectSubjectKey(projectId: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.master, projectId, 'assay/project-subjects/v1', 32));
  }

  /** 32 bytes from which the keys of a project's sealed files come. */
  projectSealingKey(projectId: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.master, projectId, 'assay/project-sealing/v1', 32));
  }
}

function signingKey(home: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // OpenSSL's words for it name no file.
  }
  throw damaged(home, 'signing.pem', 'an Ed25519 private key in PEM', pem);
}

const damaged = (home: string, name: string, expected: string, found: string) =>
  damagedSecret(join(home, 'keys', name), expected, found);
