import { IsBoolean, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { Input, Prop } from '../../../platform/http/index.js';
import type { GateRequest } from '../gates.service.js';

@Input('CheckGate', 'May this model version be promoted?')
export class CheckGateRequest implements GateRequest {
  @Prop(() => String, { description: 'NAME@VERSION or id.', example: 'credit@1' })
  @IsString()
  @MinLength(1)
  @MaxLength(300)
  modelVersion: string;

  @Prop(() => String, {
    description: 'NAME (latest version), NAME@VERSION or id. May be left out where the stage has one policy.',
    nullable: true,
    example: 'credit-production',
  })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(300)
  policy?: string | null;

  @Prop(() => String, {
    description: "Default: the policy's own stage.",
    nullable: true,
    example: 'production',
  })
  @IsOptional()
  @IsString()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
    message: 'stage must be a name of letters, digits, dots, hyphens and underscores',
  })
  stage?: string | null;

  @Prop(() => String, {
    description:
      "NAME@VERSION or id. Default: the one that the policy names, or that of the model's latest evaluation.",
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(300)
  datasetVersion?: string | null;

  @Prop(() => Boolean, { description: 'Decide, and record nothing.', nullable: true })
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean | null;
}
