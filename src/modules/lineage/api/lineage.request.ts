import { ArgsType, Field, Int, registerEnumType } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

export const LineageDirection = { upstream: 'upstream', downstream: 'downstream' } as const;
export type LineageDirection = keyof typeof LineageDirection;

registerEnumType(LineageDirection, {
  name: 'LineageDirection',
  description: 'upstream: what led to it; downstream: what came of it.',
});

/** How far. */
@ArgsType()
export class LineageDepthArgs {
  @Field(() => Int, { nullable: true, description: 'How many steps; to the end when left out.' })
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description: 'How many steps; to the end when left out.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  depth?: number;
}

/** The same question in a query string and as GraphQL arguments. */
@ArgsType()
export class LineageArgs extends LineageDepthArgs {
  @Field(() => String, { description: 'KIND:NAME, e.g. model:credit@1, dataset:adult@2, run:<id>.' })
  @ApiProperty({ type: 'string', description: 'KIND:NAME, e.g. model:credit@1, dataset:adult@2, run:<id>.' })
  @IsString()
  @MaxLength(400)
  node: string;

  @Field(() => LineageDirection, { defaultValue: 'upstream', description: 'Which way to walk.' })
  @ApiPropertyOptional({
    enum: ['upstream', 'downstream'],
    default: 'upstream',
    description: 'Which way to walk.',
  })
  @IsIn(['upstream', 'downstream'])
  direction: LineageDirection = 'upstream';
}
