import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { Input, Prop } from '../../../platform/http/index.js';

export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
export const NAME_RULE =
  'must be 1 to 100 letters, digits, dots, dashes or underscores, beginning with a letter or digit';

@Input('CreateExperiment', 'A new experiment.')
export class CreateExperimentRequest {
  @Prop(() => String, {
    description: `Name: ${NAME_RULE}.`,
    example: 'credit-risk',
    openapi: { pattern: NAME.source },
  })
  @Matches(NAME, { message: `name ${NAME_RULE}` })
  name: string;

  @Prop(() => String, { description: 'What it is about.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(8000, { message: 'description must have at most 8000 characters' })
  description?: string | null;
}
