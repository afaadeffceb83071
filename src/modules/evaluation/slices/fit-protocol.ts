import {
  MAX_SEARCH_COLUMNS,
  type ProtocolDocument,
  type ProtocolProblem,
} from '../../../domain/protocol/index.js';
import { parseSlice, sliceColumns, sliceProblems } from '../../../domain/slices/index.js';
import type { DatasetSchema, EvaluationInput } from '../../datasets/index.js';
import { protocolInvalid } from '../evaluation.errors.js';
import { taskProblems } from '../fit-task.js';
import { searchColumns, SEARCHED_ROLES } from './search-columns.js';

/**
 * Throws PROTOCOL_INVALID or SLICE_INVALID for a protocol that names what the dataset version has not, or the label of a split that
 * keeps it sealed.
 */
export function checkProtocolFits(
  document: ProtocolDocument,
  schema: DatasetSchema,
  splits: readonly Pick<EvaluationInput, 'split' | 'sealed'>[],
): void {
  const problems = [
    ...taskProblems(document, schema),
    ...attributeProblems(document, schema),
    ...sliceMismatches(document, schema, splits.find(({ sealed }) => sealed)?.split ?? null),
    ...searchProblems(document, schema),
    ...clusterProblems(document, schema),
  ];
  if (problems.length > 0) throw protocolInvalid(problems);
}

function attributeProblems({ attributes = [] }: ProtocolDocument, schema: DatasetSchema): ProtocolProblem[] {
  return attributes.flatMap((name, i) =>
    schema.protected.includes(name)
      ? []
      : {
          code: 'PROTOCOL_INVALID' as const,
          path: `protocol.attributes[${i}]`,
          message: `expected a protected attribute of the dataset version (${schema.protected.join(', ') || 'it has none'}), found ${JSON.stringify(name)}`,
        },
  );
}

function sliceMismatches(
  { slices = [] }: ProtocolDocument,
  { columns, label }: DatasetSchema,
  sealedSplit: string | null,
): ProtocolProblem[] {
  return slices.flatMap(({ where }, i) => {
    const parsed = parseSlice(where);
    if (!parsed.ok) throw new Error(`a slice that was read before is none: ${parsed.problem}`);
    const found = sliceProblems(parsed.slice, columns);
    if (sealedSplit !== null && label !== null && sliceColumns(parsed.slice).includes(label))
      found.push(`found the label ${JSON.stringify(label)}, which split ${sealedSplit} keeps sealed`);
    const path = `protocol.slices[${i}].where`;
    return found.map((message) => ({ code: 'SLICE_INVALID' as const, path, message }));
  });
}

function clusterProblems({ cluster, search }: ProtocolDocument, schema: DatasetSchema): ProtocolProblem[] {
  if (cluster === undefined) return [];
  const problem = (path: string, message: string) => ({ code: 'PROTOCOL_INVALID' as const, path, message });
  const able = schema.columns.map(({ name }) => name).filter((name) => name !== schema.label);
  return [
    ...(able.includes(cluster)
      ? []
      : [
          problem(
            'protocol.cluster',
            `expected a column of the dataset version that is not its label (${able.join(', ')}), found ${JSON.stringify(cluster)}`,
          ),
        ]),
    ...(search === undefined
      ? []
      : [
          problem(
            'protocol.search',
            `expected nothing, as the search takes rows for independent and protocol.cluster says that they are not; found a search`,
          ),
        ]),
  ];
}

function searchProblems({ search }: ProtocolDocument, schema: DatasetSchema): ProtocolProblem[] {
  if (search === undefined) return [];
  const problem = (path: string, message: string) => ({ code: 'PROTOCOL_INVALID' as const, path, message });
  const able = searchColumns(schema).map(({ name }) => name);
  if (search.columns === undefined) {
    if (able.length >= 1 && able.length <= MAX_SEARCH_COLUMNS) return [];
    return [
      problem(
        'protocol.search.columns',
        `expected 1 to ${MAX_SEARCH_COLUMNS} columns to combine, found ${able.length} in the dataset version: name those to combine`,
      ),
    ];
  }
  return search.columns.flatMap((name, i) =>
    able.includes(name)
      ? []
      : problem(
          `protocol.search.columns[${i}]`,
          `expected a column of numbers, texts or true and false that is ${SEARCHED_ROLES.join(' or ')}, found ${JSON.stringify(name)}`,
        ),
  );
}
