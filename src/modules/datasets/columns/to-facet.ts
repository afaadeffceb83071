import { ASSAY_NAMESPACE, type ColumnEdgeView, type Transformation } from './column-edge.js';

interface InputField {
  namespace: string;
  name: string;
  field: string;
  transformations: object[];
}

/** A columnLineage facet of OpenLineage, 1-2-0. */
export interface OpenLineageFacet {
  _producer: string;
  _schemaURL: string;
  fields: Record<string, { inputFields: InputField[] }>;
  dataset?: InputField[];
}

/** The facet of one version from the edges that lead to it in one step. Versions of Assay stand in it as NAME@VERSION. */
export function toFacet(edges: readonly ColumnEdgeView[]): OpenLineageFacet {
  const fields = new Map<string, { inputFields: InputField[] }>();
  // Stated of all columns, an edge stands here once for each.
  const whole = new Map<string, InputField>();
  for (const edge of edges) {
    const input = toInput(edge);
    if (edge.wholeVersion) whole.set(JSON.stringify(input), input);
    else {
      const field = fields.get(edge.to.column) ?? { inputFields: [] };
      field.inputFields.push(input);
      fields.set(edge.to.column, field);
    }
  }
  return {
    _producer: 'urn:assay',
    _schemaURL:
      'https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet',
    fields: Object.fromEntries(fields),
    ...(whole.size === 0 ? {} : { dataset: [...whole.values()] }),
  };
}

function toInput({ from, transformations }: ColumnEdgeView): InputField {
  return {
    namespace: from.namespace ?? ASSAY_NAMESPACE,
    name: from.name ?? from.datasetVersion!,
    field: from.column,
    transformations: transformations.map(said),
  };
}

const said = (transformation: Transformation) =>
  Object.fromEntries(Object.entries(transformation).filter(([, value]) => value !== null));
