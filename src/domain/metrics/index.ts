export * from './add-batch.js';
export * from './build-split-evidence.js';
export * from './evidence.js';
export * from './metric.js';
export * from './metric-definition.js';
export * from './metric-registry.js';
export * from './reduction.js';
export * from './reduction-bytes.js';
