import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { Loaders } from '../../../platform/graphql/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { GateDecisionReader } from '../../gates/index.js';
import { GateDecisionModel } from '../../gates/api/gate-decision.model.js';
import { ModelReader } from '../../registry/index.js';
import { ModelVersionModel } from '../../registry/api/model.model.js';
import { DeploymentsReader } from '../deployments.reader.js';
import { DeploymentsService } from '../deployments.service.js';
import { DeploymentModel, DeploymentPage, PromotionModel, PromotionPage } from './promotion.model.js';
import { DeploymentsArgs, PromoteRequest } from './promotion.request.js';

@Resolver(() => PromotionModel)
export class DeploymentsResolver {
  constructor(
    private readonly deploymentsOf: DeploymentsService,
    private readonly reader: DeploymentsReader,
    private readonly models: ModelReader,
    private readonly decisions: GateDecisionReader,
    private readonly loaders: Loaders,
  ) {}

  @Query(() => PromotionPage, { description: 'Promotions, newest first.' })
  @Requires('read')
  promotions(@Args() page: PageArgs): Promise<PromotionPage> {
    return this.reader.promotions(page);
  }

  @Query(() => PromotionModel, { description: 'A promotion by its id.' })
  @Requires('read')
  promotion(@Args('id', { type: () => ID }) id: string): Promise<PromotionModel> {
    return this.reader.promotion(id);
  }

  @Query(() => DeploymentPage, { description: 'What stands, and stood, at which stage, newest first.' })
  @Requires('read')
  deployments(@Args() args: DeploymentsArgs): Promise<DeploymentPage> {
    return this.reader.deployments(args, args);
  }

  @Mutation(() => PromotionModel, {
    description: 'Promote a model version; needs a fresh PASS of every policy of the stage.',
  })
  @Requires('promote')
  promote(@Args('input') input: PromoteRequest): Promise<PromotionModel> {
    return this.deploymentsOf.promote(input);
  }

  @ResolveField(() => ModelVersionModel, {
    nullable: true,
    description: 'The model version that was promoted.',
  })
  async modelVersion(@Parent() { modelVersionId }: PromotionModel): Promise<ModelVersionModel | null> {
    const loader = this.loaders.of('modelVersion', (ids: readonly string[]) => this.models.byIds(ids));
    return (await loader.load(modelVersionId)) ?? null;
  }

  @ResolveField(() => [GateDecisionModel], { description: 'The decisions that allowed it.' })
  async gateDecisions(@Parent() { gateDecisionIds }: PromotionModel): Promise<GateDecisionModel[]> {
    const loader = this.loaders.of('gateDecision', (ids: readonly string[]) => this.decisions.byIds(ids));
    const found = await Promise.all(gateDecisionIds.map((id) => loader.load(id)));
    return found.filter((decision) => decision !== undefined);
  }
}

/** What this module adds to model versions. */
@Resolver(() => ModelVersionModel)
export class ModelVersionDeploymentsResolver {
  constructor(
    private readonly reader: DeploymentsReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => [PromotionModel], { description: 'Its promotions, newest first.' })
  async promotions(@Parent() { id }: ModelVersionModel): Promise<PromotionModel[]> {
    const loader = this.loaders.of('ModelVersion.promotions', (ids: readonly string[]) =>
      this.reader.promotionsOf(ids),
    );
    return (await loader.load(id)) ?? [];
  }

  @ResolveField(() => [DeploymentModel], { description: 'Where it stands and stood, newest first.' })
  async deployments(@Parent() { id }: ModelVersionModel): Promise<DeploymentModel[]> {
    const loader = this.loaders.of('ModelVersion.deployments', (ids: readonly string[]) =>
      this.reader.deploymentsOf(ids),
    );
    return (await loader.load(id)) ?? [];
  }
}
