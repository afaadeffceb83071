import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
} from 'class-validator';
import { LEGAL_BASES, SOURCE_KINDS } from '../../../domain/provenance/index.js';
import { Input, Prop } from '../../../platform/http/index.js';
import type { SourceRequest } from '../read-terms.js';

@Input('NewDataSource', 'Where data come from, and on what terms.')
export class DataSourceRequest implements SourceRequest {
  @Prop(() => String, { description: 'Its name; other terms under the same name are its next revision.' })
  @IsString()
  @MaxLength(100)
  name: string;

  @Prop(() => String, {
    description: `How the data came about: one of ${SOURCE_KINDS.join(', ')}.`,
    openapi: { enum: [...SOURCE_KINDS] },
  })
  @IsIn(SOURCE_KINDS)
  kind: string;

  @Prop(() => String, {
    description: 'An SPDX licence expression, e.g. CC-BY-4.0, or LicenseRef-NAME for one of your own.',
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  licence?: string | null;

  @Prop(() => String, { description: 'The terms in words, where no list has them.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(20_000)
  licenceText?: string | null;

  @Prop(() => Boolean, { description: 'Whether rows are about people. Default: false.', nullable: true })
  @IsOptional()
  @IsBoolean()
  personal?: boolean | null;

  @Prop(() => String, {
    description: `Why personal data may be processed (GDPR article 6): one of ${LEGAL_BASES.join(', ')}.`,
    nullable: true,
    openapi: { enum: [...LEGAL_BASES, null] },
  })
  @IsOptional()
  @IsIn(LEGAL_BASES)
  basis?: string | null;

  @Prop(() => [String], {
    description: 'What the data may be used for, e.g. credit-scoring. Left out: anything.',
    nullable: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MinLength(1, { each: true })
  @MaxLength(200, { each: true })
  scope?: string[] | null;

  @Prop(() => String, {
    description: 'When the terms run out: a day (to its end, UTC) or an RFC 3339 time. Left out: never.',
    nullable: true,
    example: '2030-12-31',
  })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  expiresAt?: string | null;

  @Prop(() => String, { description: 'The first day of collection, YYYY-MM-DD.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(10)
  collectedFrom?: string | null;

  @Prop(() => String, { description: 'The last day of collection, YYYY-MM-DD.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(10)
  collectedUntil?: string | null;

  @Prop(() => String, { description: 'Who owns it.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  owner?: string | null;

  @Prop(() => String, { description: 'Whom to ask.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  contact?: string | null;

  @Prop(() => String, { description: 'What else to know.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  description?: string | null;
}
