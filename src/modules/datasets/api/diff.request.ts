import { ArgsType, Field } from '@nestjs/graphql';
import { IsString, MaxLength } from 'class-validator';
import { PageArgs } from '../../../platform/http/index.js';

/** The arguments of `datasetDiffRows`. */
@ArgsType()
export class DiffRowsArgs extends PageArgs {
  @Field(() => String, { description: 'The version that is compared with.' })
  @IsString()
  @MaxLength(200)
  ref: string;

  @Field(() => String, { description: 'The version that is compared.' })
  @IsString()
  @MaxLength(200)
  other: string;

  @Field(() => String, { description: 'Name of the split.' })
  @IsString()
  @MaxLength(200)
  split: string;
}
