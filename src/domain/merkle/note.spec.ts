import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkpointText, parseCheckpoint } from './checkpoint.js';
import { EMPTY_ROOT } from './hash.js';
import { decodeNoteKey, encodeNoteKey, openNote, signNote } from './note.js';

/** The example of golang.org/x/mod/sumdb/note, where the format comes from. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETER_SECRET = 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE =
  '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

function keyPair(name: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { key: { name, publicKey }, privateKey };
}

describe('signed notes', () => {
  const peter = decodeNoteKey(PETER);
  const ours = keyPair('assay/test');

  it('reads and writes the published example', () => {
    const seed = Buffer.from(PETER_SECRET, 'base64').subarray(1);
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    expect(encodeNoteKey({ name: 'PeterNeumann', publicKey: createPublicKey(privateKey) })).toBe(PETER);
    expect(signNote(TEXT, peter, privateKey)).toBe(`${TEXT}\n${SIGNATURE}`);
    expect(openNote(`${TEXT}\n${SIGNATURE}`, [peter])).toBe(TEXT);
  });

  it('ignores signatures of unknown keys, and takes one of several', () => {
    const note = signNote(TEXT, ours.key, ours.privateKey) + SIGNATURE;
    expect(openNote(note, [ours.key])).toBe(TEXT);
    expect(openNote(note, [peter])).toBe(TEXT);
    expect(() => openNote(note, [keyPair('other').key])).toThrow('no known key');
  });

  it('rejects a wrong signature of a known key, even beside a right one', () => {
    const wrong = SIGNATURE.replace('x08go/ZJ', 'x08go/ZK');
    expect(() => openNote(`${TEXT}\n${wrong}`, [peter])).toThrow('signature of PeterNeumann is wrong');
    expect(() => openNote(signNote(TEXT, ours.key, ours.privateKey) + wrong, [peter, ours.key])).toThrow(
      'is wrong',
    );
    expect(() => openNote(`${TEXT}\n${SIGNATURE}`.replace('problem', 'Problem'), [peter])).toThrow(
      'is wrong',
    );
  });

  it('takes a key of the right name but another id for unknown', () => {
    const namesake = keyPair('PeterNeumann').key;
    expect(() => openNote(`${TEXT}\n${SIGNATURE}`, [namesake])).toThrow('no known key');
  });

  it.each([
    ['no empty line', TEXT + SIGNATURE],
    ['no newline at the end', `${TEXT}\n${SIGNATURE}`.trimEnd()],
    ['a line that is no signature', `${TEXT}\n${SIGNATURE}- x y\n`],
  ])('rejects %s', (_, note) => expect(() => openNote(note, [peter])).toThrow());

  it('refuses keys and texts of another form', () => {
    expect(() => decodeNoteKey(PETER.replace('c74f20a3', 'c74f20a4'))).toThrow('key id');
    expect(() => decodeNoteKey('x')).toThrow('not an Ed25519 verifier key');
    expect(() => signNote('no newline', ours.key, ours.privateKey)).toThrow('newline');
    expect(() => encodeNoteKey({ ...ours.key, name: 'a b' })).toThrow('spaces');
  });
});

describe('checkpoints', () => {
  it('have three lines', () => {
    const text = checkpointText({ origin: 'assay/test', size: 0, root: EMPTY_ROOT });
    expect(text).toBe('assay/test\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n');
    expect(parseCheckpoint(text)).toEqual({ origin: 'assay/test', size: 0, root: EMPTY_ROOT });
    expect(parseCheckpoint(`${text}extension\n`).size).toBe(0);
  });

  it.each(['', 'a\n', 'a\n-1\nx\n', 'a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n', 'a\n1\nAAAA\n'])(
    'are not %j',
    (text) => expect(() => parseCheckpoint(text)).toThrow('not a checkpoint'),
  );
});
