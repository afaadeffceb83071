import { Type as ClassType } from '@nestjs/common';
import { ArgsType, Field, Int, ObjectType } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, type Page } from './page.js';
import { Prop } from './shape.js';

/** `?first=50&after=cursor`, and the same arguments in GraphQL. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: `How many, at most ${MAX_PAGE_SIZE}. Default ${DEFAULT_PAGE_SIZE}.`,
  })
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE, description: 'How many.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  first?: number;

  @Field(() => String, { nullable: true, description: 'The endCursor of the previous page.' })
  @ApiPropertyOptional({ type: 'string', description: 'The endCursor of the previous page.' })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  after?: string;
}

/**
 * The fields of a page of an Output class, for both transports:
 * `@Output('DatasetPage', '...') class DatasetPage extends Paged(DatasetModel, 'Dataset') {}`.
 */
export function Paged<T>(item: ClassType<T>, name: string): ClassType<Page<T>> {
  @ObjectType({ isAbstract: true })
  class PageModel implements Page<T> {
    @Prop(() => [item], { description: `The ${name} items of this page.` })
    items: T[];

    @Prop(() => String, { description: 'Pass as `after` for the next page.', nullable: true })
    endCursor: string | null;

    @Prop(() => Boolean, { description: 'Whether more items follow.' })
    hasNextPage: boolean;
  }
  return PageModel;
}
