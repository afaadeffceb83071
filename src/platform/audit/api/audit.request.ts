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
  entry?: string | null;

  @Field(() => String, { nullable: true, description: 'Kind of the subject; with subjectId.' })
  @ApiPropertyOptional({ type: 'string', description: 'Kind of the subject; with subjectId.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  subjectKind?: string | null;

  @Field(() => ID, { nullable: true, description: 'The newest entry about this subject; with subjectKind.' })
  @ApiPropertyOptional({
    type: 'string',
    description: 'The newest entry about this subject; with subjectKind.',
  })
  @IsOptional()
  @IsString()
  @Length(1, 300)
  subjectId?: string | null;
}

export type WantedEntry = { entry: string } | { subject: { kind: string; id: string } };

/** Exactly one of the two ways to name an entry; null is absent. Throws AUDIT_PROOF_OF_WHAT. */
export function wantedEntry(args: AuditProofArgs): WantedEntry {
  const [entry, kind, id] = [args.entry ?? null, args.subjectKind ?? null, args.subjectId ?? null];
  if (entry !== null && kind === null && id === null) return { entry };
  if (entry === null && kind !== null && id !== null) return { subject: { kind, id } };
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
