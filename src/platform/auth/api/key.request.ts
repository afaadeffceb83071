import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import { Input, Prop } from '../../http/shape.js';
import { PERMISSIONS, ROLE_NAMES, type Permission, type Role } from '../roles.js';

const PERMISSION_NAMES = Object.keys(PERMISSIONS);

@Input('CreateApiKey', 'What a new API key may do, and for how long.')
export class CreateApiKeyRequest {
  @Prop(() => [String], {
    description: `Roles: ${ROLE_NAMES.join(', ')}.`,
    openapi: { items: { type: 'string', enum: ROLE_NAMES }, minItems: 1, maxItems: ROLE_NAMES.length },
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(ROLE_NAMES.length)
  @IsIn(ROLE_NAMES, { each: true, message: `each role must be one of ${ROLE_NAMES.join(', ')}` })
  roles: Role[];

  @Prop(() => [String], {
    description: `Narrow the key to these permissions of its roles: ${PERMISSION_NAMES.join(', ')}.`,
    nullable: true,
    openapi: { items: { type: 'string', enum: PERMISSION_NAMES }, maxItems: PERMISSION_NAMES.length },
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(PERMISSION_NAMES.length)
  @IsIn(PERMISSION_NAMES, { each: true, message: `each scope must be one of ${PERMISSION_NAMES.join(', ')}` })
  scopes?: Permission[] | null;

  @Prop(() => String, { description: 'What it is for.', nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @Matches(/^[^\p{Cc}]+$/u, { message: 'name must be text without control characters' })
  name?: string | null;

  @Prop(() => String, {
    description: 'Lifetime: 90d, 12h, 30m. Absent: no end.',
    nullable: true,
    example: '90d',
  })
  @IsOptional()
  @IsString()
  @Matches(/^[1-9][0-9]{0,4}[mhd]$/, { message: 'expires must be a number and m, h or d, e.g. 90d' })
  expires?: string | null;
}
