export { DeploymentsModule } from './deployments.module.js';
export { DeploymentsReader } from './deployments.reader.js';
export type { DeploymentView } from './promotion.view.js';
