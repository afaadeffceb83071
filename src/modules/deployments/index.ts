export { DEPLOYMENT_STATES, type DeploymentState } from './deployment.state.js';
export { DeploymentsModule } from './deployments.module.js';
export { DeploymentsReader } from './deployments.reader.js';
export { DeploymentsService, type PromotionRequest } from './deployments.service.js';
export type { DeploymentView, PromotionView } from './promotion.view.js';
