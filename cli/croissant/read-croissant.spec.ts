import { describe, expect, it } from 'vitest';
import { CommandFailed } from '../problem.js';
import { readCroissant } from './read-croissant.js';

type Json = Record<string, unknown>;

const field = (table: string, column: string, dataType: unknown, more: Json = {}): Json => ({
  '@type': 'cr:Field',
  '@id': `${table}/${column}`,
  dataType,
  source: { fileObject: { '@id': `${table}.csv` }, extract: { column } },
  ...more,
});
const table = (id: string, more: Json = {}): Json => ({
  '@type': 'cr:RecordSet',
  '@id': id,
  key: { '@id': `${id}/id` },
  field: [
    field(id, 'id', 'sc:Integer'),
    field(id, 'at', 'sc:DateTime'),
    field(id, 'income', ['sc:Text', 'cr:Label']),
    { '@id': `${id}/split`, dataType: 'sc:Text', value: id, references: { field: { '@id': 'splits/name' } } },
  ],
  ...more,
});
const file = (id: string, more: Json = {}): Json => ({
  '@type': 'cr:FileObject',
  '@id': `${id}.csv`,
  contentUrl: `data/${id}%20rows.csv`,
  encodingFormat: 'text/csv',
  sha256: 'AB'.repeat(32),
  ...more,
});
/** As the specification has them: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html, Splits. */
const splits: Json = {
  '@id': 'splits',
  '@type': 'cr:RecordSet',
  dataType: 'cr:Split',
  key: { '@id': 'splits/name' },
  field: [{ '@id': 'splits/name', '@type': 'cr:Field', dataType: 'sc:Text' }],
  data: [
    { 'splits/name': 'fit', 'splits/url': 'cr:TrainingSplit' },
    { 'splits/name': 'val', 'splits/url': 'http://mlcommons.org/croissant/ValidationSplit' },
    { 'splits/name': 'exam', 'splits/url': 'cr:TestSplit' },
    {
      'splits/name': 'south',
      'splits/url': 'cr:TestSplit',
      'splits/role': 'cross_domain',
      'splits/domain': 'S',
    },
  ],
};
const document = (tables: Json[], files: Json[], more: Json = {}): Json => ({
  '@type': 'sc:Dataset',
  'dct:conformsTo': 'http://mlcommons.org/croissant/1.1',
  name: 'adult',
  description: 'Census rows.',
  license: ['https://creativecommons.org/licenses/by/4.0/'],
  version: '2.0.0',
  distribution: files,
  recordSet: [splits, ...tables],
  ...more,
});
const names = ['fit', 'val', 'exam', 'south'];

describe('readCroissant', () => {
  it('finds files, splits, roles, key, label, types and the licence', () => {
    expect(
      readCroissant(
        document(
          names.map((id) => table(id)),
          names.map((id) => file(id)),
        ),
      ),
    ).toEqual({
      name: 'adult',
      description: 'Census rows.',
      source: 'Croissant adult, version 2.0.0, licence https://creativecommons.org/licenses/by/4.0/',
      key: 'id',
      label: 'income',
      types: { id: 'int64', income: 'text' },
      splits: [
        { name: 'fit', role: 'train', domain: null },
        { name: 'val', role: 'validation', domain: null },
        { name: 'exam', role: 'holdout', domain: null },
        { name: 'south', role: 'cross_domain', domain: 'S' },
      ].map((each) => ({ ...each, file: `data/${each.name} rows.csv`, sha256: 'ab'.repeat(32) })),
    });
  });

  it('takes one table that no split is said of by the name of its record set, and terms with prefixes', () => {
    const plain = {
      conformsTo: ['http://mlcommons.org/croissant/1.0'],
      'cr:recordSet': [{ '@id': 'ratings', 'cr:field': [field('fit', 'stars', 'https://schema.org/Float')] }],
      distribution: [file('fit', { sha256: undefined })],
    };
    expect(readCroissant(plain)).toEqual({
      name: null,
      description: null,
      source: 'Croissant without a name, no licence given',
      key: null,
      label: null,
      types: { stars: 'double' },
      splits: [{ name: 'ratings', role: null, domain: null, file: 'data/fit rows.csv', sha256: null }],
    });
  });

  const one = (fields: Json[], files = [file('fit')]) => document([table('fit', { field: fields })], files);
  const id = field('fit', 'id', 'sc:Integer');
  it.each<[string, unknown, RegExp]>([
    ['a list', [], /no JSON object/],
    ['another document', { '@type': 'sc:Dataset' }, /does not say that it conforms/],
    [
      'a later major version',
      document([], [], { 'dct:conformsTo': 'http://mlcommons.org/croissant/2.0' }),
      /conforms/,
    ],
    ['no table', document([], []), /no record set of a table/],
    [
      'a file that is not there',
      one([id], []),
      /takes rows from fit\.csv, which the distribution does not have/,
    ],
    [
      'an archive',
      one([id], [file('fit', { containedIn: { '@id': 'all.zip' } })]),
      /fit\.csv lies in an archive/,
    ],
    [
      'a file set',
      one([id], [file('fit', { contentUrl: undefined, includes: '*.csv' })]),
      /no file with a contentUrl/,
    ],
    [
      'a file of the web',
      one([id], [file('fit', { contentUrl: 'https://example.org/a.csv' })]),
      /lies at https:/,
    ],
    ...['/etc/passwd', '../secret.csv', 'a/../../b', '%2e%2e/b', '..', '\\\\host\\a', 'a\\..\\..\\b'].map(
      (contentUrl): [string, unknown, RegExp] => [
        contentUrl,
        one([id], [file('fit', { contentUrl })]),
        /does not lie beside/,
      ],
    ),
    [
      'a join',
      one([id, field('val', 'x', 'sc:Text')], [file('fit'), file('val')]),
      /joins fit\.csv and val\.csv/,
    ],
    ['no column', one([]), /no column of a file/],
    ['a nested field', one([{ ...id, subField: [{ '@id': 'x' }] }]), /fit\/id is nested/],
    ['a list of values', one([{ ...id, isArray: true }]), /fit\/id is nested/],
    [
      'a constant',
      one([{ '@id': 'fit/c', dataType: 'sc:Text', value: 'x' }]),
      /fit\/c is not a column of a file/,
    ],
    [
      'a pattern',
      one([{ ...id, source: { ...(id.source as Json), transform: { regex: '(.)' } } }]),
      /fit\/id has a transform/,
    ],
    ['an image', one([field('fit', 'x', 'sc:ImageObject')]), /fit\/x is of type ImageObject/],
    [
      'two labels',
      one([field('fit', 'a', ['sc:Text', 'cr:Label']), field('fit', 'b', ['sc:Text', 'cr:Label'])]),
      /several labels: a, b/,
    ],
    [
      'rows that a column divides',
      one([id, field('fit', 'part', 'sc:Text', { references: { '@id': 'splits/name' } })]),
      /fit\/part divides the rows/,
    ],
    [
      'a split without its label',
      document(
        [table('fit'), table('val', { field: [field('val', 'id', 'sc:Integer')] })],
        [file('fit'), file('val')],
      ),
      /fit and val have other columns: at, income/,
    ],
    [
      'a column of two types',
      document(
        [table('fit', { field: [id] }), table('val', { field: [field('val', 'id', 'sc:Text')] })],
        [file('fit'), file('val')],
      ),
      /column id has another type in val/,
    ],
  ])('refuses %s', (_, given, message) => {
    let found: unknown;
    try {
      readCroissant(given);
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(CommandFailed);
    expect((found as CommandFailed).problem).toMatchObject({ code: 'USAGE' });
    expect((found as CommandFailed).message).toMatch(message);
  });
});
