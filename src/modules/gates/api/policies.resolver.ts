import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { PoliciesService } from '../policies.service.js';
import { PolicyReader } from '../policy.reader.js';
import { GatePolicyModel, GatePolicyPage, ValidatedPolicyModel } from './policy.model.js';
import { documentOf, PushPolicyRequest } from './policy.request.js';

@Resolver(() => GatePolicyModel)
export class PoliciesResolver {
  constructor(
    private readonly service: PoliciesService,
    private readonly policies: PolicyReader,
  ) {}

  @Query(() => GatePolicyPage, {
    name: 'gatePolicies',
    description: 'Gate policies by name, each in its latest version.',
  })
  @Requires('read')
  list(@Args() page: PageArgs): Promise<GatePolicyPage> {
    return this.policies.list(page);
  }

  @Query(() => GatePolicyModel, {
    name: 'gatePolicy',
    description: 'A gate policy by NAME (latest), NAME@VERSION or id.',
  })
  @Requires('read')
  show(@Args('ref', { description: 'NAME, NAME@VERSION or id.' }) ref: string): Promise<GatePolicyModel> {
    return this.policies.byRef(ref);
  }

  @Query(() => ValidatedPolicyModel, { description: 'Check a gate policy without storing it.' })
  @Requires('read')
  validatePolicy(@Args('input') input: PushPolicyRequest): ValidatedPolicyModel {
    return this.service.validate(documentOf({ ...input }));
  }

  @Mutation(() => GatePolicyModel, {
    description: 'Push a gate policy; another text of the same name is its next version.',
  })
  @Requires('policy')
  pushPolicy(@Args('input') input: PushPolicyRequest): Promise<GatePolicyModel> {
    return this.service.push(documentOf({ ...input }));
  }
}
