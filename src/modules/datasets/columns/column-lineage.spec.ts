import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planEdges, versionsNamed } from './check-columns.js';
import type { ColumnEdgeView, StatedEdge } from './column-edge.js';
import { readColumnLineage } from './read-column-lineage.js';
import { toFacet } from './to-facet.js';

/** OpenLineage's own schemas. */
const SCHEMA = join(import.meta.dirname, '../../../../../shared/data/openlineage/schema');
const there = existsSync(SCHEMA);
if (!there) process.stderr.write('skipped: ../shared/data/openlineage/schema is not there\n');

const plain = { subtype: null, description: null, masking: null };

describe('what a push says of where its columns come from', () => {
  it('is read of a facet of OpenLineage, with what facets before 1-1-0 said of a field', () => {
    const facet = {
      _producer: 'urn:dbt',
      _schemaURL: 'https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json',
      fields: {
        wage: {
          inputFields: [
            {
              namespace: 'assay',
              name: 'people@3',
              field: 'pay',
              transformations: [
                { type: 'DIRECT', subtype: 'AGGREGATION', description: 'sum(pay)', masking: false, more: 1 },
              ],
            },
            { namespace: 'postgres://h:5432', name: 'hr.staff', field: 'grade' },
          ],
          transformationType: 'MASKED',
          transformationDescription: 'hashed',
        },
        key: { inputFields: [] },
      },
      dataset: [
        { namespace: 'n', name: 'm', field: 'f', transformations: [{ type: 'INDIRECT', subtype: 'FILTER' }] },
      ],
    };
    expect(readColumnLineage(facet)).toEqual([
      {
        column: 'wage',
        from: { version: 'people@3', column: 'pay' },
        transformations: [
          { type: 'DIRECT', subtype: 'AGGREGATION', description: 'sum(pay)', masking: false },
        ],
      },
      {
        column: 'wage',
        from: { namespace: 'postgres://h:5432', name: 'hr.staff', column: 'grade' },
        transformations: [{ type: 'DIRECT', subtype: null, description: 'hashed', masking: true }],
      },
      {
        column: null,
        from: { namespace: 'n', name: 'm', column: 'f' },
        transformations: [{ ...plain, type: 'INDIRECT', subtype: 'FILTER' }],
      },
    ]);
  });

  it('is read of the short form', () => {
    const from = [
      { version: 'people@1', column: 'a' },
      { namespace: 'n', name: 'm', column: 'b' },
    ];
    const said = { type: 'INDIRECT', subtype: 'JOIN', description: 'on id', masking: true };
    expect(readColumnLineage([{ column: 'c', from, ...said }])).toEqual([
      { column: 'c', from: from[0], transformations: [said] },
      { column: 'c', from: from[1], transformations: [said] },
    ]);
    expect(readColumnLineage([{ column: 'c', from: [from[0]] }])[0]!.transformations).toEqual([
      { ...plain, type: 'DIRECT' },
    ]);
  });

  it.each<[string, unknown]>([
    ['columnLineage is 7;', 7],
    ['columnLineage.fields is missing;', {}],
    ['columnLineage.fields["a"] is [];', { fields: { a: [] } }],
    ['columnLineage.fields["a"].inputFields is missing;', { fields: { a: {} } }],
    ['inputFields[0].field is missing;', { fields: { a: { inputFields: [{ namespace: 'n', name: 'm' }] } } }],
    [
      'transformations[0].type is "SIDEWAYS"; expected DIRECT or INDIRECT',
      {
        fields: {
          a: {
            inputFields: [{ namespace: 'n', name: 'm', field: 'f', transformations: [{ type: 'SIDEWAYS' }] }],
          },
        },
      },
    ],
    ['columnLineage[0].column is "";', [{ column: '', from: [] }]],
    [
      'columnLineage[0].from[0].namespace (or version) is missing;',
      [{ column: 'a', from: [{ column: 'b' }] }],
    ],
    ['masking is "no"; expected true or false', [{ column: 'a', from: [], masking: 'no' }]],
    [
      'a statement of 10001 input columns; expected 10000 or fewer',
      [{ column: 'a', from: Array.from({ length: 10_001 }, () => ({ version: 'p@1', column: 'b' })) }],
    ],
    [
      'columnLineage.dataset is a list of 101; expected 100 or fewer',
      { fields: {}, dataset: Array.from({ length: 101 }, () => ({ namespace: 'n', name: 'm', field: 'f' })) },
    ],
  ])('is refused: %s', (message, statement) => {
    expect(() => readColumnLineage(statement)).toThrow(
      expect.objectContaining({ code: 'COLUMN_LINEAGE_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it('leads to at most 100 versions, and to columns that they have', () => {
    const edge = (version: string): StatedEdge => ({
      column: 'a',
      from: { version, column: 'b' },
      transformations: [],
    });
    expect(versionsNamed([edge('p@1'), edge('p@1'), edge('q@2')])).toEqual(['p@1', 'q@2']);
    const many = Array.from({ length: 101 }, (_, i) => edge(`p@${i + 1}`));
    expect(() => versionsNamed(many)).toThrow(expect.objectContaining({ code: 'COLUMN_LINEAGE_INVALID' }));
    const version = { id: 'v', dataset: 'p', version: 1, schema: { columns: [{ name: 'c' }] } };
    expect(() => planEdges([edge('p@1')], new Map([['p@1', version as never]]))).toThrow(
      expect.objectContaining({ code: 'DATASET_COLUMN_UNKNOWN', message: 'p@1 has no column "b"; found c' }),
    );
  });
});

const text = fc.string({ minLength: 1, maxLength: 20 });
const transformation = fc.record({
  type: fc.constantFrom('DIRECT' as const, 'INDIRECT' as const),
  subtype: fc.option(text),
  description: fc.option(text),
  masking: fc.option(fc.boolean()),
});
const outside = { datasetVersionId: null, datasetVersion: null };
const edge: fc.Arbitrary<ColumnEdgeView> = fc.record({
  from: fc.oneof(
    fc.record({
      ...Object.fromEntries(Object.entries(outside).map(([k, v]) => [k, fc.constant(v)])),
      namespace: text.filter((n) => n !== 'assay'),
      name: text,
      column: text,
    }),
    fc.record({
      datasetVersionId: fc.uuid(),
      datasetVersion: fc.constantFrom('p@1', 'q@20'),
      namespace: fc.constant(null),
      name: fc.constant(null),
      column: text,
    }),
  ) as fc.Arbitrary<ColumnEdgeView['from']>,
  to: fc.record({
    datasetVersionId: fc.uuid(),
    datasetVersion: fc.constant('r@1'),
    namespace: fc.constant(null),
    name: fc.constant(null),
    column: text,
  }),
  wholeVersion: fc.boolean(),
  origin: fc.constantFrom('stated' as const, 'parent' as const),
  transformations: fc.array(transformation, { maxLength: 3 }),
});

describe('the facet that Assay writes', () => {
  it('is read again as what it was written of', () => {
    const key = ({ column, from, transformations }: StatedEdge) =>
      JSON.stringify([
        column,
        'version' in from ? ['assay', from.version] : [from.namespace, from.name],
        from.column,
        transformations,
      ]);
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 6 }), (edges) => {
        const read = new Set(readColumnLineage(JSON.parse(JSON.stringify(toFacet(edges)))).map(key));
        const written = edges.map(({ from, to, wholeVersion, transformations }) =>
          key({
            column: wholeVersion ? null : to.column,
            from:
              from.datasetVersion !== null
                ? { version: from.datasetVersion, column: from.column }
                : { namespace: from.namespace!, name: from.name!, column: from.column },
            transformations,
          }),
        );
        expect(read).toEqual(new Set(written));
      }),
    );
  });

  it.runIf(there)("is valid by OpenLineage's own schema, which refuses one without fields", () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    const schema = (name: string) => JSON.parse(readFileSync(join(SCHEMA, name), 'utf8')) as { $id: string };
    ajv.addSchema(schema('OpenLineage.json'));
    const facet = schema('facets/ColumnLineageDatasetFacet.json');
    ajv.addSchema(facet);
    const validate = ajv.getSchema(`${facet.$id}#/$defs/ColumnLineageDatasetFacet`)!;
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 6 }), (edges) => {
        expect(validate(JSON.parse(JSON.stringify(toFacet(edges)))), ajv.errorsText(validate.errors)).toBe(
          true,
        );
      }),
      { numRuns: 50 },
    );
    expect(validate({ ...toFacet([]), fields: undefined })).toBe(false);
    expect(toFacet([])._schemaURL).toBe(`${facet.$id}#/$defs/ColumnLineageDatasetFacet`);
  });
});
