import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import { InvalidInputError } from '../../errors/index.js';

/** Which entry to prove: one by its id, or the newest about a subject. */
@ArgsType()
export class AuditProofArgs {
  @Field(() => ID, { nullable: true, description: 'Entry id.' })
  @ApiPropertyOptional({ type: 'string', format: 'uuid', description: 'Entry id.' })
  @IsOptional()
  @IsUUID()
  entry?: string;

  @Field(() => String, { nullable: true, description: 'Kind of the subject; with subjectId.' })
  @ApiPropertyOptional({ type: 'string', description: 'Kind of the subject; with subjectId.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  subjectKind?: string;

  @Field(() => ID, { nullable: true, description: 'The newest entry about this subject; with subjectKind.' })
  @ApiPropertyOptional({
    type: 'string',
    description: 'The newest entry about this subject; with subjectKind.',
  })
  @IsOptional()
  @IsString()
  @Length(1, 300)
  subjectId?: string;
}

export type WantedEntry = { entry: string } | { subject: { kind: string; id: string } };

/** Exactly one of the two ways to name an entry. Throws AUDIT_PROOF_OF_WHAT. */
export function wantedEntry({ entry, subjectKind, subjectId }: AuditProofArgs): WantedEntry {
  const bySubject = subjectKind !== undefined && subjectId !== undefined;
  if (entry !== undefined && subjectKind === undefined && subjectId === undefined) return { entry };
  if (entry === undefined && bySubject) return { subject: { kind: subjectKind, id: subjectId } };
  throw new InvalidInputError('AUDIT_PROOF_OF_WHAT', 'expected either entry, or subjectKind and subjectId');
}

/** Two sizes of the log. */
export class ConsistencyArgs {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'Entries of the earlier log.',
    required: true,
  })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  from: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'Entries of the later log; default: all.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  to?: number;
}
