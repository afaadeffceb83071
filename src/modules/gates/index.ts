export { GateDecisionReader } from './gate-decision.reader.js';
export { GatesModule } from './gates.module.js';
export { noPolicyForStage } from './gates.errors.js';
export { GatesService, type GateAnswer } from './gates.service.js';
export { PolicyReader } from './policy.reader.js';
export type { PolicyView } from './policy.view.js';
export { lockStage } from './stage-lock.js';
