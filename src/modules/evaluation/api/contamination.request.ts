import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { TRAINING_SCOPES, type TrainingScope } from '../../../domain/contamination/index.js';
import { Input, PageArgs, Prop } from '../../../platform/http/index.js';
import type { ContaminationRequest } from '../contamination/contamination.service.js';

const DATASET_VERSION =
  'Whose holdout and cross-domain splits: NAME@VERSION, NAME for the latest, or an id. Default: what it was evaluated on last.';
const SCOPE =
  'lineage (default): what it and the models it was made from were trained on. ancestors: also the versions those data derive from.';

@Input('ContaminationRequest', 'What to compare a model version’s training data with.')
export class ContaminationBody implements ContaminationRequest {
  @Prop(() => String, { description: DATASET_VERSION, nullable: true, example: 'wages@1' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  datasetVersion?: string | null;

  @Prop(() => String, { description: SCOPE, nullable: true, openapi: { enum: [...TRAINING_SCOPES] } })
  @IsOptional()
  @IsIn(TRAINING_SCOPES)
  scope?: TrainingScope | null;
}

@ArgsType()
export class ContaminationArgs implements ContaminationRequest {
  @ApiPropertyOptional({ type: String, description: DATASET_VERSION })
  @Field(() => String, { description: DATASET_VERSION, nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  datasetVersion?: string | null;

  @ApiPropertyOptional({ type: String, enum: TRAINING_SCOPES, description: SCOPE })
  @Field(() => String, { description: SCOPE, nullable: true })
  @IsOptional()
  @IsIn(TRAINING_SCOPES)
  scope?: TrainingScope | null;
}

@ArgsType()
export class ContaminationFindingsArgs extends PageArgs {
  @Field(() => ID, { description: 'Id of the count.' })
  @IsString()
  @MaxLength(200)
  id: string;
}
