import { ArgsType, Field } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { Input, PageArgs, Prop } from '../../../platform/http/index.js';
import type { ImportRequest } from '../imports/evaluation-imports.service.js';
import { IMPORT_FORMATS, type ImportFormat } from '../imports/imported-results.js';

const MAX_REFERENCE = 200;
const OF = 'Of this model version only: NAME@VERSION or id.';

@Input('ImportEvaluation', "Another tool's evaluation of a model version.")
export class ImportRequestBody implements ImportRequest {
  @Prop(() => String, { description: 'NAME@VERSION or id.', example: 'agent@1' })
  @IsString()
  @MaxLength(MAX_REFERENCE)
  modelVersion: string;

  @Prop(() => String, { description: 'The upload: the file as the tool wrote it.' })
  @IsUUID(undefined, { message: 'uploadId must be the id of an upload' })
  uploadId: string;

  @Prop(() => String, {
    description: 'Which tool wrote it; found out by what is in the file where it is left out.',
    nullable: true,
    openapi: { enum: [...IMPORT_FORMATS] },
  })
  @IsOptional()
  @IsIn(IMPORT_FORMATS)
  format?: ImportFormat | null;
}

/** Which imports, as query string and as GraphQL arguments. */
@ArgsType()
export class ImportListArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: OF })
  @ApiPropertyOptional({ type: 'string', description: OF })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_REFERENCE)
  modelVersion?: string | null;
}
