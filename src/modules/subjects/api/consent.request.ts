import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';

export class ConsentArgs {
  @ApiProperty({ type: 'string', description: 'KIND:NAME, e.g. model:credit@1, dataset:adult@2, run:<id>.' })
  @IsString()
  @MaxLength(400)
  node: string;
}
