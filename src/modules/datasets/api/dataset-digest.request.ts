import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { Input, Prop } from '../../../platform/http/index.js';
import { DIGEST_SYSTEMS } from '../digests/dataset-digest.js';
import type { DigestRequest } from '../digests/plan-digests.js';

@Input('DatasetDigestStatement', 'What another tool calls a dataset version.')
export class DatasetDigestRequest implements DigestRequest {
  @Prop(() => String, {
    description: `The tool: ${DIGEST_SYSTEMS.join(' or ')}.`,
    openapi: { enum: [...DIGEST_SYSTEMS] },
  })
  @IsIn(DIGEST_SYSTEMS)
  system: string;

  @Prop(() => String, { description: 'With openlineage: its namespace there.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  namespace?: string;

  @Prop(() => String, { description: 'Its name there.', example: 'adult' })
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  name: string;

  @Prop(() => String, {
    description:
      "MLflow's digest, at most 36 characters, or the datasetVersion of OpenLineage's version facet.",
    example: '4f2a9c01',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  digest: string;

  @Prop(() => String, { description: 'The split whose file it is of; absent: the version.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  split?: string;
}
