import { ID } from '@nestjs/graphql';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import { DEPLOYMENT_STATES, type DeploymentState } from '../deployment.state.js';
import type { DeploymentView, PromotionView } from '../promotion.view.js';

const STATES = Object.keys(DEPLOYMENT_STATES);

@Output('Promotion', 'One step of a model version to a stage. It never changes.')
export class PromotionModel implements PromotionView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => ID, { description: 'The model.' })
  modelId: string;

  @Prop(() => ID, { description: 'The model version that was promoted.' })
  modelVersionId: string;

  @Prop(() => String, { description: 'Its NAME@VERSION.' })
  modelVersionLabel: string;

  @Prop(() => String, { description: 'The stage.', example: 'production' })
  stage: string;

  @Prop(() => ID, { description: 'What stood there before.', nullable: true })
  previousModelVersionId: string | null;

  @Prop(() => [ID], { description: 'The decisions that allowed it, one of each policy of the stage.' })
  gateDecisionIds: string[];

  @Prop(() => Date, { description: 'When it was made.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who made it: the id of an API key.' })
  createdBy: string;
}

@Output('PromotionPage', 'One page of promotions, newest first.')
export class PromotionPage extends Paged(PromotionModel, 'Promotion') {}

@Output('Deployment', 'A model version at a stage, until another takes its place.')
export class DeploymentModel implements DeploymentView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => ID, { description: 'The model.' })
  modelId: string;

  @Prop(() => ID, { description: 'The model version that stands there.' })
  modelVersionId: string;

  @Prop(() => String, { description: 'Its NAME@VERSION.' })
  modelVersionLabel: string;

  @Prop(() => String, { description: 'The stage.', example: 'production' })
  stage: string;

  @Prop(() => ID, { description: 'The promotion that put it there.' })
  promotionId: string;

  @Prop(() => String, { description: `One of ${STATES.join(', ')}.`, openapi: { enum: STATES } })
  state: DeploymentState;

  @Prop(() => Date, { description: 'Since when.' })
  since: Date;

  @Prop(() => Date, { description: 'Until when; null while it is current.', nullable: true })
  until: Date | null;
}

@Output('DeploymentPage', 'One page of deployments, newest first.')
export class DeploymentPage extends Paged(DeploymentModel, 'Deployment') {}
