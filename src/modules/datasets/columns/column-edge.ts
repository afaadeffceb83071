/** What a transformation did, in OpenLineage's words. */
export interface Transformation {
  /** DIRECT: values come from it; INDIRECT: it decided which rows, groups or order. */
  type: 'DIRECT' | 'INDIRECT';
  /** Such as IDENTITY, TRANSFORMATION, AGGREGATION; JOIN, FILTER, GROUP_BY, SORT, WINDOW, CONDITIONAL. */
  subtype: string | null;
  description: string | null;
  /** Whether the values are hidden by it; null: nobody said. */
  masking: boolean | null;
}

/** A column elsewhere: of a dataset version (a reference), or of something outside under OpenLineage's names. */
export type InputColumn = { version: string; column: string } | OutsideColumn;

export interface OutsideColumn {
  namespace: string;
  name: string;
  column: string;
}

/** That a column comes from another, as a push says it. `column` null: all columns do. */
export interface StatedEdge {
  column: string | null;
  from: InputColumn;
  transformations: Transformation[];
}

/** The same once its version was found. */
export interface PlannedEdge {
  column: string | null;
  from: { versionId: string; column: string } | OutsideColumn;
  transformations: Transformation[];
}

/**
 * Who says so. `stated`: the push; `parent`: the version derives from one that has a column of the same name and type, of which the push
 * said nothing; `erasure`: the same, and Assay made the version by leaving rows out.
 */
export type EdgeOrigin = 'stated' | 'parent' | 'erasure';

/** One end of an edge. Either the version's or the outside's names are null. */
export interface ColumnNode {
  datasetVersionId: string | null;
  /** NAME@VERSION. */
  datasetVersion: string | null;
  namespace: string | null;
  name: string | null;
  column: string;
}

export interface ColumnEdgeView {
  from: ColumnNode;
  to: ColumnNode;
  /** Stated of the whole version, not of this column. */
  wholeVersion: boolean;
  origin: EdgeOrigin;
  transformations: Transformation[];
}

/** The namespace under which OpenLineage finds versions of Assay, named NAME@VERSION. */
export const ASSAY_NAMESPACE = 'assay';

export const IDENTITY: Transformation = {
  type: 'DIRECT',
  subtype: 'IDENTITY',
  description: null,
  masking: null,
};
