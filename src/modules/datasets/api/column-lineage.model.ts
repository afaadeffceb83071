import { ID } from '@nestjs/graphql';
import { Output, Prop } from '../../../platform/http/index.js';
import type { ColumnEdgeView, ColumnNode, EdgeOrigin, Transformation } from '../columns/column-edge.js';
import type { ColumnLineageView } from '../columns/column-lineage.reader.js';

@Output('ColumnTransformation', "What was done to a column, in OpenLineage's words.")
export class ColumnTransformationModel implements Transformation {
  @Prop(() => String, {
    description: 'DIRECT: values come from it; INDIRECT: it decided on rows, groups or order.',
    openapi: { enum: ['DIRECT', 'INDIRECT'] },
  })
  type: Transformation['type'];

  @Prop(() => String, { description: 'Such as IDENTITY, AGGREGATION, JOIN, FILTER.', nullable: true })
  subtype: string | null;

  @Prop(() => String, { description: 'In words or code.', nullable: true })
  description: string | null;

  @Prop(() => Boolean, { description: 'Whether values are hidden by it.', nullable: true })
  masking: boolean | null;
}

@Output('ColumnNode', 'A column of a dataset version, or of something outside Assay.')
export class ColumnNodeModel implements ColumnNode {
  @Prop(() => ID, { description: 'The version; null: outside.', nullable: true })
  datasetVersionId: string | null;

  @Prop(() => String, { description: 'NAME@VERSION; null: outside.', nullable: true })
  datasetVersion: string | null;

  @Prop(() => String, { description: "Outside: OpenLineage's namespace.", nullable: true })
  namespace: string | null;

  @Prop(() => String, { description: "Outside: OpenLineage's name.", nullable: true })
  name: string | null;

  @Prop(() => String, { description: 'The column.' })
  column: string;
}

@Output('ColumnEdge', 'That a column comes from another.')
export class ColumnEdgeModel implements ColumnEdgeView {
  @Prop(() => ColumnNodeModel, { description: 'What it comes from.' })
  from: ColumnNodeModel;

  @Prop(() => ColumnNodeModel, { description: 'What came of it.' })
  to: ColumnNodeModel;

  @Prop(() => Boolean, { description: 'Stated of the whole version, not of this column.' })
  wholeVersion: boolean;

  @Prop(() => String, {
    description:
      'stated: by the push. parent: the version derives from one with a column of this name and type, and its push said nothing of it. erasure: likewise, and Assay made the version.',
    openapi: { enum: ['stated', 'parent', 'erasure'] },
  })
  origin: EdgeOrigin;

  @Prop(() => [ColumnTransformationModel], { description: 'What was done; empty: nobody said.' })
  transformations: ColumnTransformationModel[];
}

@Output('ColumnLineage', 'Where columns of a dataset version come from, or what came of them.')
export class ColumnLineageModel implements ColumnLineageView {
  @Prop(() => ID, { description: 'The version.' })
  datasetVersionId: string;

  @Prop(() => String, { description: 'upstream or downstream.' })
  direction: ColumnLineageView['direction'];

  @Prop(() => [ColumnEdgeModel], { description: 'Nearest first.' })
  edges: ColumnEdgeModel[];

  @Prop(() => Boolean, { description: 'There is more than was asked for, or than an answer holds.' })
  truncated: boolean;
}
