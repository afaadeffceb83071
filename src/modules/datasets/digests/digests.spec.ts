import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mlflowDigestOf } from './dataset-digest.js';
import { parseDigestReference } from './digest-reference.js';
import { planDigests } from './plan-digests.js';

const SPLITS = [
  { name: 'train', sealed: false },
  { name: 'holdout', sealed: true },
];

describe('a reference by a digest', () => {
  it.each([
    ['mlflow:4f2a', { system: 'mlflow', namespace: null, name: null, digest: '4f2a' }],
    ['mlflow:my data#4f2a', { system: 'mlflow', namespace: null, name: 'my data', digest: '4f2a' }],
    [
      'openlineage:s3://bucket:80#a/b%23c%2525#7',
      { system: 'openlineage', namespace: 's3://bucket:80', name: 'a/b#c%25', digest: '7' },
    ],
    ['adult@1', null],
    ['018f0000-0000-7000-8000-000000000000', null],
  ])('%s', (ref, read) => expect(parseDigestReference(ref)).toEqual(read));

  it.each([
    'mlflow:',
    'mlflow:a#',
    'mlflow:a#b#c',
    'openlineage:a#b',
    'openlineage:#b#c',
    'openlineage:a#b#c#d',
  ])('is refused: %s', (ref) =>
    expect(() => parseDigestReference(ref)).toThrow(
      expect.objectContaining({ code: 'DATASET_REFERENCE_INVALID' }),
    ),
  );

  it('holds any namespace, name and version', () => {
    const part = fc.string({ minLength: 1 });
    const written = (text: string) => text.replaceAll('%', '%25').replaceAll('#', '%23');
    fc.assert(
      fc.property(part, part, part, (namespace, name, digest) => {
        const ref = `openlineage:${[namespace, name, digest].map(written).join('#')}`;
        expect(parseDigestReference(ref)).toEqual({ system: 'openlineage', namespace, name, digest });
      }),
    );
  });
});

describe('digests that a push states', () => {
  it('are kept as stated', () => {
    const mlflow = { system: 'mlflow', name: 'adult', digest: '4f2a9c01', split: 'train' };
    const openlineage = { system: 'openlineage', namespace: 's3://b', name: 'adult', digest: 'v7' };
    expect(planDigests([mlflow, openlineage], SPLITS)).toEqual([
      { ...mlflow, namespace: null, origin: 'stated' },
      { ...openlineage, split: null, origin: 'stated' },
    ]);
  });

  it.each([
    ['DATASET_DIGEST_INVALID', { system: 'mlflow', namespace: 'n', name: 'a', digest: 'd', split: 'train' }],
    ['DATASET_DIGEST_INVALID', { system: 'mlflow', name: 'a', digest: 'd'.repeat(37), split: 'train' }],
    ['DATASET_DIGEST_INVALID', { system: 'openlineage', name: 'a', digest: 'd' }],
    ['DATASET_DIGEST_INVALID', { system: 'mlflow', name: 'a', digest: 'd', split: 'test' }],
    ['DATASET_DIGEST_SEALED', { system: 'mlflow', name: 'a', digest: 'd', split: 'holdout' }],
    ['DATASET_DIGEST_SEALED', { system: 'mlflow', name: 'a', digest: 'd' }],
  ])('are refused as %s: %j', (code, request) => {
    expect(() => planDigests([request], SPLITS)).toThrow(expect.objectContaining({ code }));
  });
});

it('cuts a content id to what MLflow can hold', () => {
  expect(mlflowDigestOf('0123456789abcdef'.repeat(4))).toBe('0123456789abcdef0123456789abcdef0123');
});
