import { IsString, MaxLength, MinLength } from 'class-validator';
import { Input, Prop } from '../../../platform/http/index.js';

/** It travels in bodies alone: addresses end up in logs. */
@Input('Subject', 'Whom rows are about.')
export class SubjectRequest {
  @Prop(() => String, { description: 'The subject as the column of the data writes it.' })
  @IsString()
  @MinLength(1)
  @MaxLength(10_000)
  subject: string;
}
