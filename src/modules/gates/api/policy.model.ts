import { ID, Int } from '@nestjs/graphql';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import type { ValidatedPolicy } from '../policies.service.js';
import type { PolicyView } from '../policy.view.js';

@Output('GatePolicy', 'One version of a gate policy. It never changes; its digest names it.')
export class GatePolicyModel implements PolicyView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'Name; its versions share it.' })
  name: string;

  @Prop(() => Int, { description: '1, 2, 3, ... without gaps.' })
  version: number;

  @Prop(() => String, {
    description: 'SHA-256 of the canonical JSON of the document, lowercase hexadecimal.',
  })
  digest: string;

  @Prop(() => String, {
    description: 'The stage whose promotions need a PASS of it.',
    nullable: true,
    example: 'production',
  })
  stage: string | null;

  @Prop(() => GraphQLJSON, { description: 'The normal form: every default written out.' })
  document: Record<string, unknown>;

  @Prop(() => String, { description: 'The text as it was pushed.' })
  source: string;

  @Prop(() => Date, { description: 'When it was pushed.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who pushed it: the id of an API key.' })
  createdBy: string;
}

@Output('GatePolicyPage', 'One page of gate policies.')
export class GatePolicyPage extends Paged(GatePolicyModel, 'GatePolicy') {}

@Output('ValidatedPolicy', 'What a policy would be if it were pushed.')
export class ValidatedPolicyModel implements ValidatedPolicy {
  @Prop(() => String, { description: 'Name.' })
  name: string;

  @Prop(() => String, { description: 'The stage it would guard.', nullable: true })
  stage: string | null;

  @Prop(() => String, { description: 'SHA-256 of the canonical JSON of the document.' })
  digest: string;

  @Prop(() => GraphQLJSON, { description: 'The normal form: every default written out.' })
  document: Record<string, unknown>;
}
