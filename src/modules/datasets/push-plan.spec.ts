import { describe, expect, it } from 'vitest';
import { planPush, type PushRequest } from './push-plan.js';

const uploadId = '01930a5e-0000-7000-8000-000000000001';
const base: PushRequest = {
  splits: [
    { name: 'train', role: 'train', uploadId },
    { name: 'holdout', role: 'holdout', uploadId },
    { name: 'south', role: 'cross_domain', domain: 'south', uploadId },
    { name: 'val', role: 'validation', uploadId },
  ],
  key: 'id',
  label: 'y',
  protected: ['sex'],
};

const refusal = (change: Partial<PushRequest>, name = 'adult') => {
  try {
    planPush(name, { ...base, ...change });
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'taken';
};

describe('planPush', () => {
  it('seals holdout and cross_domain by default, and nothing else', () => {
    const plan = planPush('adult', base);
    expect(plan.splits.map(({ name, sealed }) => [name, sealed])).toEqual([
      ['train', false],
      ['holdout', true],
      ['south', true],
      ['val', false],
    ]);
    expect(plan.looks).toBe(20);
  });

  it('lets the push decide about sealing', () => {
    const splits = [{ name: 'h', role: 'holdout', uploadId, sealed: false }];
    expect(planPush('adult', { splits }).splits[0]).toMatchObject({ sealed: false });
  });

  it.each<[string, Partial<PushRequest>]>([
    ['SPLITS_INVALID', { splits: [] }],
    [
      'SPLITS_INVALID',
      { splits: Array.from({ length: 51 }, (_, i) => ({ name: `s${i}`, role: 'train', uploadId })) },
    ],
    ['SPLIT_DUPLICATED', { splits: [base.splits[0]!, { ...base.splits[1]!, name: 'TRAIN' }] }],
    ['SPLIT_ROLE_INVALID', { splits: [{ name: 'a', role: 'test', uploadId }] }],
    ['SPLIT_ROLE_INVALID', { splits: [{ name: 'a', role: 'constructor', uploadId }] }],
    ['SPLIT_DOMAIN_MISSING', { splits: [{ name: 'a', role: 'cross_domain', uploadId }] }],
    ['SPLIT_DOMAIN_MISSING', { splits: [{ name: 'a', role: 'stress', uploadId }] }],
    ['NAME_INVALID', { splits: [{ name: '../a', role: 'train', uploadId }] }],
    ['NAME_INVALID', { splits: [{ name: 'a', role: 'stress', domain: 'a/b', uploadId }] }],
    ['SEALED_SPLIT_NEEDS_KEY_AND_LABEL', { key: null }],
    ['SEALED_SPLIT_NEEDS_KEY_AND_LABEL', { label: undefined }],
    ['COLUMN_ROLES_CONFLICT', { label: 'id' }],
    ['COLUMN_ROLES_CONFLICT', { protected: ['sex', 'sex'] }],
    ['COLUMN_ROLES_CONFLICT', { protected: ['y'] }],
    ['COLUMN_ROLES_CONFLICT', { time: 'sex' }],
    ['SPLIT_FILE_INVALID', { splits: [{ name: 'a', role: 'train' }] }],
    ['SPLIT_FILE_INVALID', { splits: [{ name: 'a', role: 'train', uploadId, reference: 'https://a/b' }] }],
    ['SPLIT_FILE_INVALID', { splits: [{ name: 'a', role: 'train', uploadId, sha256: 'ab'.repeat(32) }] }],
    ['REFERENCE_INVALID', { splits: [{ name: 'a', role: 'train', reference: 'https://a/b' }] }],
    [
      'REFERENCE_REFUSED',
      { splits: [{ name: 'a', role: 'train', reference: 'https://a/b', sha256: 'ab'.repeat(32) }] },
    ],
    ['COLUMN_ROLES_CONFLICT', { subject: 'y' }],
    ['COLUMN_ROLES_CONFLICT', { sourceColumn: 'y' }],
    ['DECLARED_TYPE_INVALID', { declaredTypes: { age: 'integer' } }],
  ])('refuses with %s', (code, change) => expect(refusal(change)).toBe(code));

  it('takes the key, a group or a protected attribute for the subject', () => {
    for (const subject of ['id', 'sex', 'other'])
      expect(planPush('adult', { ...base, subject }).subject).toBe(subject);
  });

  it('refuses a dataset name that is none', () => expect(refusal({}, '../adult')).toBe('NAME_INVALID'));
});
