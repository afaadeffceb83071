import { ArgsType, Field, ID } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { CHECK_IDS, CHECKS } from '../../../domain/quality/index.js';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Input, PageArgs, Prop } from '../../../platform/http/index.js';
import type { FileCheckRequest } from '../checks/claim-files.js';
import { SplitNames } from './split-names.decorator.js';

const MAX_CHECKS = 50;

@Input('CheckRequest', 'A check to run on a dataset version.')
export class OneCheckRequest implements FileCheckRequest {
  @Prop(() => String, {
    description: CHECK_IDS.map((id) => `${id}: ${CHECKS[id].description} (${CHECKS[id].source})`).join(
      '\n\n',
    ),
    example: 'leakage',
    openapi: { enum: CHECK_IDS },
  })
  @IsIn(CHECK_IDS)
  check: string;

  @SplitNames(
    'Splits, in the order that counts. leakage, entity-leakage and time-leakage need two: what was trained on, what is tested on. Default of others: every split; of those that read labels, every open one.',
  )
  splits?: string[] | null;

  @Prop(() => GraphQLJSON, {
    description: 'What the check asks, e.g. {"ignore": ["fnlwgt"]}. Defaults are written out in the answer.',
    nullable: true,
  })
  @IsOptional()
  @IsObject()
  parameters?: Record<string, unknown> | null;

  @Prop(() => String, {
    description:
      'The upload that the check reads, of label-errors: a CSV or Parquet file with the key column and the probabilities.',
    nullable: true,
  })
  @IsOptional()
  @IsUUID(undefined, { message: 'uploadId must be the id of an upload' })
  uploadId?: string | null;
}

/** Arguments of a list in GraphQL; in REST the version stands in the path. */
@ArgsType()
export class CheckListArgs extends PageArgs {
  @Field(() => String, { description: 'NAME@VERSION, NAME for the latest, or an id.' })
  @IsString()
  @MaxLength(200)
  ref: string;
}

@ArgsType()
export class CheckFindingsArgs extends PageArgs {
  @Field(() => ID, { description: 'Id of the check.' })
  @IsString()
  @MaxLength(200)
  id: string;
}

@Input('RuleSuggestionsRequest', 'Of which splits rules are derived.')
export class RuleSuggestionsRequest {
  @SplitNames(
    'Splits, taken together. Default: every one; where one is sealed, nothing is said of the label.',
  )
  splits?: string[] | null;
}

@Input('ChecksRequest', 'Checks to run on a dataset version.')
export class ChecksRequest {
  @Prop(() => [OneCheckRequest], { description: 'The checks; one that is stored already is not run again.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_CHECKS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => OneCheckRequest)
  checks: OneCheckRequest[];
}
