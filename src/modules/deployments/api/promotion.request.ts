import { ArgsType, Field } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { Input, PageArgs, Prop } from '../../../platform/http/index.js';
import { DEPLOYMENT_STATES, type DeploymentState } from '../deployment.state.js';
import type { PromotionRequest } from '../deployments.service.js';

const STAGE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const STAGE_RULE = 'stage must be a name of letters, digits, dots, hyphens and underscores';
const STATES = Object.keys(DEPLOYMENT_STATES);

@Input('Promote', 'Put a model version where it is used.')
export class PromoteRequest implements PromotionRequest {
  @Prop(() => String, { description: 'NAME@VERSION or id.', example: 'credit@1' })
  @IsString()
  @MinLength(1)
  @MaxLength(300)
  modelVersion: string;

  @Prop(() => String, { description: 'The stage.', example: 'production' })
  @IsString()
  @Matches(STAGE, { message: STAGE_RULE })
  stage: string;
}

/** A page of deployments, narrowed to a stage or a state. */
@ArgsType()
export class DeploymentsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Of this stage only.' })
  @ApiPropertyOptional({ type: 'string', description: 'Of this stage only.' })
  @IsOptional()
  @IsString()
  @Matches(STAGE, { message: STAGE_RULE })
  stage?: string;

  @Field(() => String, { nullable: true, description: `Of this state only: ${STATES.join(', ')}.` })
  @ApiPropertyOptional({ enum: STATES, description: 'Of this state only.' })
  @IsOptional()
  @IsIn(STATES)
  state?: DeploymentState;
}
