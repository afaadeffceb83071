import { ArgsType, Field } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsNumber, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { PageArgs } from '../../http/paged.js';
import { JOB_STATES, type JobState } from '../job.state.js';

const STATE = `Only jobs in this state: ${JOB_STATES.join(', ')}.`;
const KIND = 'Only jobs of this kind.';

/** Which jobs to list. */
@ArgsType()
export class JobListArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: STATE })
  @ApiPropertyOptional({ enum: JOB_STATES, description: STATE })
  @IsOptional()
  @IsIn(JOB_STATES)
  state?: JobState;

  @Field(() => String, { nullable: true, description: KIND })
  @ApiPropertyOptional({ type: 'string', description: KIND })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  kind?: string;
}

/** `?wait=30`: answer when the job is finished, or after so many seconds. */
export class JobWaitQuery {
  @ApiPropertyOptional({
    type: 'number',
    minimum: 0,
    maximum: 60,
    description: 'Seconds to wait for the job to finish.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  @Max(60)
  wait?: number;
}
