import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProtocol } from './parse-protocol.js';
import { PROTOCOL_SCHEMA } from './protocol.schema.js';

const problemsOf = (document: unknown) => {
  const parsed = parseProtocol(document);
  return parsed.ok ? [] : parsed.problems;
};

const FULL = {
  positive: 1,
  threshold: 0.4,
  bins: 10,
  seed: 7,
  metrics: ['auc', 'accuracy'],
  attributes: ['sex'],
  intersections: false,
  cluster: 'household',
  slices: [{ name: 'young', where: "age<25 and\n sex='f'" }],
  search: { minimumRows: 30, columns: ['age'] },
  labelNoise: [0.05, 0.01],
};

describe('parseProtocol', () => {
  it('reads every field, and writes slices in their one form', () => {
    const parsed = parseProtocol(FULL);
    expect(parsed).toEqual({
      ok: true,
      document: { ...FULL, positive: '1', slices: [{ name: 'young', where: "age < 25 AND sex = 'f'" }] },
    });
    expect(parseProtocol({ threshold: null })).toEqual({ ok: true, document: {} });
    expect(parseProtocol(undefined)).toEqual({ ok: true, document: {} });
  });

  it.each<[unknown, string, string, RegExp]>([
    [
      { treshold: 0.5 },
      'PROTOCOL_INVALID',
      'protocol.treshold',
      /unknown field, expected one of positive, threshold/,
    ],
    [{ search: { minimum: 5 } }, 'PROTOCOL_INVALID', 'protocol.search.minimum', /unknown field/],
    [
      {
        slices: [
          { name: 'a', where: 'x = 1' },
          { name: 'b', where: 'x = 1', weight: 2 },
        ],
      },
      'PROTOCOL_INVALID',
      'protocol.slices[1].weight',
      /unknown field, expected one of name, where/,
    ],
    [{ cluster: ['household'] }, 'PROTOCOL_INVALID', 'protocol.cluster', /a text/],
    [{ cluster: '' }, 'PROTOCOL_INVALID', 'protocol.cluster', /expected/],
    [{ metrics: ['auc', 'lift'] }, 'PROTOCOL_INVALID', 'protocol.metrics', /accuracy/],
    [{ metrics: [] }, 'PROTOCOL_INVALID', 'protocol.metrics', /1 to/],
    [{ labelNoise: [0.5] }, 'PROTOCOL_INVALID', 'protocol.labelNoise', /below 0.5/],
    [
      { slices: [{ name: 'a b', where: 'x = 1' }] },
      'PROTOCOL_INVALID',
      'protocol.slices[0].name',
      /a name of letters/,
    ],
    [{ slices: [{ name: 'a' }] }, 'PROTOCOL_INVALID', 'protocol.slices[0].where', /found nothing/],
    [{ slices: ['x = 1'] }, 'PROTOCOL_INVALID', 'protocol.slices[0]', /an object/],
    [
      {
        slices: [
          { name: 'a', where: 'x = 1' },
          { name: 'a', where: 'x = 2' },
        ],
      },
      'PROTOCOL_INVALID',
      'protocol.slices[1].name',
      /as in protocol.slices\[0\]/,
    ],
    [
      { slices: [{ name: 'a', where: 'x = 1; DROP TABLE y' }] },
      'SLICE_INVALID',
      'protocol.slices[0].where',
      /a semicolon/,
    ],
    [
      { slices: [{ name: 'a', where: 'x IN (SELECT 1)' }] },
      'SLICE_INVALID',
      'protocol.slices[0].where',
      /the name "SELECT"/,
    ],
    [
      { slices: [{ name: 'a', where: 'x'.repeat(1001) }] },
      'PROTOCOL_INVALID',
      'protocol.slices[0].where',
      /1000/,
    ],
    [[], 'PROTOCOL_INVALID', 'protocol', /an object/],
    ['threshold: 0.5', 'PROTOCOL_INVALID', 'protocol', /an object/],
  ])('refuses %j with its path', (document, code, path, message) => {
    expect(problemsOf(document)).toContainEqual({
      code,
      path,
      message: expect.stringMatching(message) as string,
    });
  });

  it('names every problem at once', () => {
    expect(problemsOf({ bins: 1, seed: -1, colour: 'red' })).toHaveLength(3);
  });

  it('takes what its schema takes, but for slices that are none and names that are taken', () => {
    const validate = new Ajv2020({ strict: false }).compile(PROTOCOL_SCHEMA);
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        0,
        1,
        0.4,
        'yes',
        'regression',
        true,
        [],
        ['auc'],
        ['auc', 'auc'],
        [0.1],
        [0.1, 0.7],
        {},
      ),
      fc.constantFrom<unknown>(
        [{ name: 'a', where: 'x = 1' }],
        [{ name: 'a' }],
        [{}],
        { columns: ['x'] },
        2.5,
      ),
      fc.jsonValue().filter((json) => json !== null),
    );
    const name = fc.constantFrom(...Object.keys(FULL), 'task', 'quantile', 'constructor', 'x');
    let taken = 0;
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 3, noNullPrototype: true }), (document) => {
        const ok = parseProtocol(document).ok;
        if (ok) taken += 1;
        expect([document, ok]).toEqual([document, validate(document)]);
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
