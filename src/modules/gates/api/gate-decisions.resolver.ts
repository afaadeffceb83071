import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { Loaders } from '../../../platform/graphql/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { EvaluationReader } from '../../evaluation/index.js';
import { EvaluationModel } from '../../evaluation/api/evaluation.model.js';
import { ModelReader } from '../../registry/index.js';
import { ModelVersionModel } from '../../registry/api/model.model.js';
import { GateDecisionReader } from '../gate-decision.reader.js';
import { GatesService } from '../gates.service.js';
import { PolicyReader } from '../policy.reader.js';
import { GateAnswerModel, GateDecisionModel, GateDecisionPage } from './gate-decision.model.js';
import { CheckGateRequest } from './gate-decision.request.js';
import { GatePolicyModel } from './policy.model.js';

@Resolver(() => GateDecisionModel)
export class GateDecisionsResolver {
  constructor(
    private readonly gates: GatesService,
    private readonly decisions: GateDecisionReader,
    private readonly policies: PolicyReader,
    private readonly models: ModelReader,
    private readonly evaluationsOf: EvaluationReader,
    private readonly loaders: Loaders,
  ) {}

  @Query(() => GateDecisionModel, { name: 'gateDecision', description: 'A gate decision by its id.' })
  @Requires('read')
  show(@Args('id', { type: () => ID }) id: string): Promise<GateDecisionModel> {
    return this.decisions.byId(id);
  }

  @Query(() => GateDecisionPage, { name: 'gateDecisions', description: 'Gate decisions, newest first.' })
  @Requires('read')
  list(@Args() page: PageArgs): Promise<GateDecisionPage> {
    return this.decisions.list(page);
  }

  @Mutation(() => GateAnswerModel, { description: 'May this model version be promoted?' })
  @Requires('gate')
  checkGate(@Args('input') input: CheckGateRequest): Promise<GateAnswerModel> {
    return this.gates.check(input);
  }

  @ResolveField(() => ModelVersionModel, {
    nullable: true,
    description: 'The model version that was judged.',
  })
  async modelVersion(@Parent() { modelVersionId }: GateDecisionModel): Promise<ModelVersionModel | null> {
    const loader = this.loaders.of('modelVersion', (ids: readonly string[]) => this.models.byIds(ids));
    return (await loader.load(modelVersionId)) ?? null;
  }

  @ResolveField(() => GatePolicyModel, { nullable: true, description: 'The policy that it was judged by.' })
  async gatePolicy(@Parent() { policy }: GateDecisionModel): Promise<GatePolicyModel | null> {
    const loader = this.loaders.of('gatePolicy', (ids: readonly string[]) => this.policies.byIds(ids));
    return (await loader.load(policy.id)) ?? null;
  }

  @ResolveField(() => [EvaluationModel], { description: 'The evaluations that it rests on.' })
  async evaluations(@Parent() { evaluationIds }: GateDecisionModel): Promise<EvaluationModel[]> {
    const loader = this.loaders.of('evaluation', (ids: readonly string[]) => this.evaluationsOf.byIds(ids));
    const found = await Promise.all(evaluationIds.map((id) => loader.load(id)));
    return found
      .filter((evaluation) => evaluation !== undefined)
      .map((evaluation) => EvaluationModel.of(evaluation));
  }
}

/** What this module adds to model versions. */
@Resolver(() => ModelVersionModel)
export class ModelVersionGateDecisionsResolver {
  constructor(
    private readonly decisions: GateDecisionReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => GateDecisionModel, {
    nullable: true,
    description: 'The newest gate decision about it.',
  })
  async latestDecision(
    @Parent() { id }: ModelVersionModel,
    @Args('policy', { type: () => String, nullable: true, description: 'By this policy only.' })
    policy?: string | null,
  ): Promise<GateDecisionModel | null> {
    const loader = this.loaders.of(`ModelVersion.latestDecision ${policy ?? ''}`, (ids: readonly string[]) =>
      this.decisions.latestFor(ids, policy ?? undefined),
    );
    return (await loader.load(id)) ?? null;
  }

  @ResolveField(() => GateDecisionPage, { description: 'The gate decisions about it, newest first.' })
  async gateDecisions(
    @Parent() { id }: ModelVersionModel,
    @Args() page: PageArgs,
  ): Promise<GateDecisionPage> {
    const name = `ModelVersion.gateDecisions ${JSON.stringify([page.first, page.after])}`;
    const loader = this.loaders.of(name, (ids: readonly string[]) =>
      this.decisions.ofModelVersions(ids, page),
    );
    return (await loader.load(id)) ?? { items: [], endCursor: null, hasNextPage: false };
  }
}
