export { assignGroups, type GroupAssignment } from './assign-groups.js';
export { assignByShares, assignStratified } from './assign-by-shares.js';
export { assignByCuts, cutsByShares } from './assign-by-time.js';
export { assignByHash, Draw } from './draw.js';
export { shareProblem } from './shares.js';
export { SPLIT_METHODS, type SplitMethod } from './split-method.js';
