import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckedVersion } from './check-definition.js';
import { CHECK_IDS } from './check-registry.js';
import { otherOf, otherProblems, planCheck, type CheckRequest } from './plan-check.js';

const version = (sealed: string[] = []): CheckedVersion => ({
  columns: [
    { name: 'id', type: 'text', role: 'key' },
    { name: 'age', type: 'int64', role: 'feature' },
    { name: 'note', type: 'text', role: 'feature' },
    { name: 'sex', type: 'text', role: 'protected' },
    { name: 'who', type: 'text', role: 'group' },
    { name: 'at', type: 'date', role: 'time' },
    { name: 'p0', type: 'double', role: 'feature' },
    { name: 'p1', type: 'double', role: 'feature' },
    { name: 'y', type: 'text', role: 'label' },
  ],
  splits: ['train', 'test'].map((name) => ({ name, rows: 10, sealed: sealed.includes(name) })),
});

/** Parameters with which each check can be asked. */
const NEEDED: Record<string, object> = {
  rules: { rules: [{ id: 'a', test: 'notNull', column: 'age' }] },
  'label-errors': {
    probabilities: [
      { class: 'no', column: 'p0' },
      { class: 'yes', column: 'p1' },
    ],
  },
  'label-rate-parity': { positive: 'yes' },
  diversity: { slices: [{ id: 'old', where: 'age >= 65' }] },
  referential: { column: 'who', datasetVersion: 'people@2' },
};
const asked = (check: string, more: object = {}): CheckRequest => ({
  check,
  parameters: { ...NEEDED[check], ...more },
  splits: ['train', 'test'],
});
const READ_LABELS = [
  'conflicting-labels',
  'imbalance',
  'label-errors',
  'label-predictor',
  'label-rate-parity',
];

describe('a question', () => {
  it.each(CHECK_IDS)('%s has every default written out, and is its own plan', (check) => {
    const planned = planCheck(asked(check), version());
    if (!planned.ok) throw new Error(JSON.stringify(planned));
    const again = planCheck(planned.question, version());
    expect(again).toEqual(planned);
    expect(planned.reads.length).toBeGreaterThan(0);
  });

  it('is the same in whatever order names to ignore stand', () => {
    const [one, other] = [
      ['age', 'note'],
      ['note', 'age'],
    ].map((ignore) => planCheck(asked('leakage', { ignore }), version()));
    expect(one).toEqual(other);
    expect(one).toMatchObject({ reads: ['sex', 'who', 'at', 'p0', 'p1', 'y'] });
  });

  it.each([
    ['an unknown check', { check: 'nothing' }, 'check'],
    ['an unknown parameter', asked('duplicates', { ignored: [] }), 'parameters.ignored'],
    ['an unknown column', asked('duplicates', { ignore: ['x'] }), 'parameters.ignore[0]'],
    [
      'no column left',
      asked('duplicates', { ignore: ['age', 'note', 'sex', 'who', 'at', 'p0', 'p1', 'y'] }),
      'parameters.ignore',
    ],
    ['one split of two', { check: 'leakage', splits: ['train'] }, 'splits'],
    ['a split twice', { check: 'duplicates', splits: ['train', 'train'] }, 'splits'],
    ['an unknown split', { check: 'duplicates', splits: ['trial'] }, 'splits'],
    ['a text as a time', asked('time-leakage', { column: 'note' }), 'parameters.column'],
    ['text as numbers', asked('outliers', { columns: ['note'] }), 'parameters.columns[0]'],
    [
      'a rule without a bound',
      asked('rules', { rules: [{ id: 'a', test: 'range', column: 'age' }] }),
      'parameters.rules[0].min',
    ],
    [
      'a rule with what it does not take',
      asked('rules', { rules: [{ id: 'a', test: 'notNull', column: 'age', min: 1 }] }),
      'parameters.rules[0].min',
    ],
    [
      'a pattern of numbers',
      asked('rules', { rules: [{ id: 'a', test: 'matches', column: 'age', pattern: 'a' }] }),
      'parameters.rules[0].column',
    ],
    [
      'an expression that is none',
      asked('rules', { rules: [{ id: 'a', test: 'row', expression: 'age >' }] }),
      'parameters.rules[0].expression',
    ],
    [
      'a date as a number',
      asked('rules', { rules: [{ id: 'a', test: 'range', column: 'age', min: '2020-01-01' }] }),
      'parameters.rules[0].min',
    ],
    [
      'a file for two splits',
      asked('label-errors', {
        file: 'a'.repeat(64),
        probabilities: [
          { class: 'no', column: 'n' },
          { class: 'yes', column: 'p' },
        ],
      }),
      'splits',
    ],
    ['a file that is no digest', asked('label-errors', { file: 'predictions.csv' }), 'parameters.file'],
    ['a proxy of itself', asked('proxy', { from: ['sex'] }), 'parameters.from'],
    ['nothing declared', { check: 'diversity' }, 'parameters'],
    [
      'a slice that asks nothing',
      asked('diversity', { slices: [{ id: 'a', where: 'age > 1', minRows: 0 }] }),
      'parameters.slices[0]',
    ],
    [
      'a slice of no column',
      asked('diversity', { slices: [{ id: 'a', where: 'size > 1' }] }),
      'parameters.slices[0].where',
    ],
    [
      'a domain that asks nothing',
      asked('diversity', { domains: [{ column: 'sex' }] }),
      'parameters.domains[0]',
    ],
    ['the latest version', asked('referential', { datasetVersion: 'people' }), 'parameters.datasetVersion'],
    [
      'a method of profiles',
      asked('parent-drift', { numericMethod: 'ks_sketch' }),
      'parameters.numericMethod',
    ],
    [
      'rows of one column that are near',
      asked('near-duplicate-rows', { ignore: ['age', 'note', 'sex', 'who', 'at', 'p0', 'p1'] }),
      'parameters.threshold',
    ],
    [
      'two rules of one id',
      asked('rules', {
        rules: [
          { id: 'a', test: 'notNull', column: 'age' },
          { id: 'a', test: 'unique', column: 'age' },
        ],
      }),
      'parameters.rules[1].id',
    ],
  ] as [string, CheckRequest, string][])('refuses %s, with its place', (_name, request, path) => {
    const planned = planCheck(request, version());
    expect(planned).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ path })]) as unknown,
    });
  });
});

describe('another version that a question names', () => {
  const question = (parameters: object) => {
    const planned = planCheck(asked('referential', parameters), version());
    if (!planned.ok) throw new Error(JSON.stringify(planned));
    return planned.question;
  };
  const other = version(['test']);

  it('is what its parameters name, and the parent of drift', () => {
    expect(otherOf(question({}))).toEqual({ ref: 'people@2', splits: null });
    expect(otherOf(question({ inSplits: ['train'] }))).toEqual({ ref: 'people@2', splits: ['train'] });
    expect(otherOf({ check: 'parent-drift', version: 1, splits: ['train'], parameters: {} })).toEqual({
      parent: true,
      splits: ['train'],
    });
    const against = { check: 'parent-drift', version: 1, splits: ['live'], parameters: { against: 'train' } };
    expect(otherOf(against)).toEqual({ parent: true, splits: ['train'] });
    expect(otherOf({ check: 'duplicates', version: 1, splits: [], parameters: {} })).toBeNull();
  });

  it.each([
    [{}, []],
    [{ column: 'note', inColumn: 'sex', inSplits: ['train'] }, []],
    [{ inColumn: 'nobody' }, ['parameters.inColumn']],
    [{ inColumn: 'age' }, ['parameters.inColumn']],
    [{ inSplits: ['train', 'trial'] }, ['parameters.inSplits[1]']],
    // The label of the other is sealed in one of its splits.
    [{ inColumn: 'y' }, ['parameters.inColumn']],
    [{ inColumn: 'y', inSplits: ['train'] }, []],
  ] as [object, string[]][])('%j', (parameters, paths) => {
    expect(otherProblems(question(parameters), version(), other).map(({ path }) => path)).toEqual(paths);
  });
});

describe('labels of sealed splits', () => {
  it.each(CHECK_IDS)('%s reads none, or is refused', (check) => {
    for (const sealed of [['test'], ['train'], ['train', 'test']]) {
      const planned = planCheck(asked(check), version(sealed));
      if (READ_LABELS.includes(check)) expect(planned).toEqual({ ok: false, problems: [], sealed });
      else expect(planned).toMatchObject({ ok: true, reads: expect.not.arrayContaining(['y']) as unknown });
    }
  });

  it('whatever the parameters', () => {
    const column = fc.constantFrom('id', 'age', 'note', 'sex', 'y');
    const parameters = fc.oneof(
      fc.record({ column }),
      fc.record({ columns: fc.uniqueArray(column, { minLength: 1 }) }),
      fc.record({ ignore: fc.uniqueArray(column) }),
      fc.record({ columns: fc.constant(['sex']), from: fc.uniqueArray(column, { minLength: 1 }) }),
      fc.record({ domains: fc.tuple(fc.record({ column, minEffective: fc.constant(2) })) }),
      fc.record({
        slices: fc.tuple(
          fc.record({ id: fc.constant('a'), where: column.map((name) => `${name} IS NOT NULL OR age > 1`) }),
        ),
      }),
      fc.record({
        rules: fc.array(
          fc.oneof(
            fc.record({ id: fc.constant('a'), test: fc.constantFrom('notNull', 'unique'), column }),
            fc.record({
              id: fc.constant('a'),
              test: fc.constant('row'),
              expression: column.map((name) => `lower(${name}) = 'yes' OR age > 1`),
            }),
          ),
          { minLength: 1, maxLength: 1 },
        ),
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...CHECK_IDS), parameters, (check, more) => {
        const planned = planCheck(
          { check, splits: ['train', 'test'], parameters: { ...NEEDED[check], ...more } },
          version(['test']),
        );
        if (planned.ok) expect(planned.reads).not.toContain('y');
      }),
    );
  });

  it('are left out where no split is named', () => {
    expect(planCheck({ check: 'imbalance' }, version(['test']))).toMatchObject({
      ok: true,
      question: { splits: ['train'] },
    });
    expect(planCheck({ check: 'imbalance' }, version(['test', 'train']))).toMatchObject({ ok: false });
  });
});
