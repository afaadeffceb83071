import { Float, ID, Int } from '@nestjs/graphql';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import type { ChampionView } from '../champions.js';
import type { ArtifactView, ModelVersionView } from '../model-version.view.js';
import type { ModelView } from '../model.reader.js';

@Output('Artifact', 'The file of a model version, named by its content.')
export class ArtifactModel implements ArtifactView {
  @Prop(() => String, { description: 'sha-256 of the bytes, lowercase hexadecimal.' })
  digest: string;

  @Prop(() => Float, { description: 'Bytes; an integer.', openapi: { type: 'integer', format: 'int64' } })
  size: number;

  @Prop(() => String, { description: 'Name of the file as it was sent.' })
  filename: string;
}

@Output('ModelVersion', 'One version of a model. It never changes.')
export class ModelVersionModel implements ModelVersionView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => ID, { description: 'Its model.' })
  modelId: string;

  @Prop(() => String, { description: 'Name of its model.' })
  model: string;

  @Prop(() => Int, { description: '1, 2, 3, ... without gaps.' })
  version: number;

  @Prop(() => ArtifactModel, { description: 'Its file.', nullable: true })
  artifact: ArtifactModel | null;

  @Prop(() => ID, { description: 'The run that produced it.', nullable: true })
  runId: string | null;

  @Prop(() => [ID], {
    description: 'The data it came from: named at registration, or read by its run by then.',
  })
  datasetVersionIds: string[];

  @Prop(() => ID, { description: 'The model version it was derived from.', nullable: true })
  parentId: string | null;

  @Prop(() => String, { description: 'What is to be said about it.' })
  description: string;

  @Prop(() => GraphQLJSON, { description: 'Names and values.' })
  tags: Record<string, string>;

  @Prop(() => Date, { description: 'When it was registered.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who registered it: the id of an API key.' })
  createdBy: string;
}

@Output('ModelVersionPage', 'One page of model versions, newest first.')
export class ModelVersionPage extends Paged(ModelVersionModel, 'ModelVersion') {}

@Output('Model', 'A model: the line of its versions.')
export class ModelModel implements ModelView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'Name, unique in the project.' })
  name: string;

  @Prop(() => Int, { description: 'The number of its newest version.' })
  latestVersion: number;

  @Prop(() => Date, { description: 'When its first version was registered.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who registered its first version: the id of an API key.' })
  createdBy: string;
}

@Output('ModelPage', 'One page of models, newest first.')
export class ModelPage extends Paged(ModelModel, 'Model') {}

@Output('Champion', 'Which version of a model stands at a stage.')
export class ChampionModel implements ChampionView {
  @Prop(() => String, { description: 'The stage.', example: 'production' })
  stage: string;

  @Prop(() => ID, { description: 'The model version that stands there.' })
  modelVersionId: string;

  @Prop(() => Date, { description: 'Since when.' })
  updatedAt: Date;
}
