export * from './ablation.js';
export * from './domain-gap.js';
export * from './domain-selection.js';
export * from './domain-table.js';
export * from './label-noise.js';
export * from './paired-difference.js';
export * from './robustness.js';
