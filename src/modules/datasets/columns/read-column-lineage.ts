import { ASSAY_NAMESPACE, type InputColumn, type StatedEdge, type Transformation } from './column-edge.js';
import { invalid, list, object, optional, seen, text } from './statement-shape.js';

const MAX_EDGES = 10_000;
/** Each of these counts once for every column. */
const MAX_OF_ALL = 100;
const MAX_TRANSFORMATIONS = 20;
const MAX_DESCRIPTION = 2_000;

/**
 * What a push says of where its columns come from: a columnLineage facet of OpenLineage (1-0-0 to 1-2-0) as it is, of which fields
 * that it does not define are left out, or Assay's short form. In the order in which it stands there. Throws COLUMN_LINEAGE_INVALID.
 */
export function readColumnLineage(statement: unknown): StatedEdge[] {
  const edges = Array.isArray(statement) ? readShortForm(statement) : readFacet(object(statement, ''));
  if (edges.length > MAX_EDGES)
    throw invalid('', `a statement of ${edges.length} input columns`, `${MAX_EDGES} or fewer`);
  return edges;
}

function readFacet(facet: Record<string, unknown>): StatedEdge[] {
  const whole = optional(facet.dataset, (inputs) => list(inputs, '.dataset')) ?? [];
  if (whole.length > MAX_OF_ALL)
    throw invalid('.dataset', `a list of ${whole.length}`, `${MAX_OF_ALL} or fewer`);
  const fields = Object.entries(object(facet.fields, '.fields'));
  return [
    ...fields.flatMap(([column, value]) => {
      const where = `.fields[${JSON.stringify(column.slice(0, 60))}]`;
      text(column, `${where} (its name)`);
      const field = object(value, where);
      const before = deprecated(field, where);
      return list(field.inputFields, `${where}.inputFields`).map((input, i) => {
        const edge = readInput(column, input, `${where}.inputFields[${i}]`);
        return edge.transformations.length === 0 ? { ...edge, transformations: before } : edge;
      });
    }),
    ...whole.map((input, i) => readInput(null, input, `.dataset[${i}]`)),
  ];
}

function readInput(column: string | null, value: unknown, where: string): StatedEdge {
  const input = object(value, where);
  const [namespace, name] = [text(input.namespace, `${where}.namespace`), text(input.name, `${where}.name`)];
  const field = text(input.field, `${where}.field`);
  const stated = optional(input.transformations, (given) => list(given, `${where}.transformations`)) ?? [];
  if (stated.length > MAX_TRANSFORMATIONS)
    throw invalid(
      `${where}.transformations`,
      `a list of ${stated.length}`,
      `${MAX_TRANSFORMATIONS} or fewer`,
    );
  return {
    column,
    from:
      namespace === ASSAY_NAMESPACE ? { version: name, column: field } : { namespace, name, column: field },
    transformations: stated.map((each, i) =>
      readTransformation(
        object(each, `${where}.transformations[${i}]`),
        `${where}.transformations[${i}]`,
        null,
      ),
    ),
  };
}

/** What facets before 1-1-0 say of a field. */
function deprecated(field: Record<string, unknown>, where: string): Transformation[] {
  const type = optional(field.transformationType, (value) => text(value, `${where}.transformationType`));
  const description = optional(field.transformationDescription, (value) =>
    text(value, `${where}.transformationDescription`, MAX_DESCRIPTION),
  );
  if (type === null && description === null) return [];
  const masking = type === 'MASKED' ? true : null;
  return [{ type: 'DIRECT', subtype: type === 'MASKED' ? null : type, description, masking }];
}

function readShortForm(statement: readonly unknown[]): StatedEdge[] {
  return statement.flatMap((value, i) => {
    const where = `[${i}]`;
    const said = object(value, where);
    const column = text(said.column, `${where}.column`);
    const transformations = [readTransformation(said, where, 'DIRECT')];
    const from = list(said.from, `${where}.from`);
    return from.map((each, k) => ({
      column,
      from: readSource(each, `${where}.from[${k}]`),
      transformations,
    }));
  });
}

function readSource(value: unknown, where: string): InputColumn {
  const source = object(value, where);
  const column = text(source.column, `${where}.column`);
  if (source.version !== undefined) return { version: text(source.version, `${where}.version`), column };
  return {
    namespace: text(source.namespace, `${where}.namespace (or version)`),
    name: text(source.name, `${where}.name`),
    column,
  };
}

function readTransformation(
  said: Record<string, unknown>,
  where: string,
  otherwise: 'DIRECT' | null,
): Transformation {
  const type = said.type ?? otherwise;
  if (type !== 'DIRECT' && type !== 'INDIRECT')
    throw invalid(`${where}.type`, seen(said.type), 'DIRECT or INDIRECT');
  return {
    type,
    subtype: optional(said.subtype, (value) => text(value, `${where}.subtype`)),
    description: optional(said.description, (value) => text(value, `${where}.description`, MAX_DESCRIPTION)),
    masking: optional(said.masking, (value) => {
      if (typeof value === 'boolean') return value;
      throw invalid(`${where}.masking`, seen(value), 'true or false');
    }),
  };
}
