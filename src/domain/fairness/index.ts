export * from './difference.js';
export * from './fairness-metric.js';
export * from './gaps.js';
export * from './groups.js';
export * from './pairs.js';
export * from './rates.js';
export * from './ratio.js';
export * from './report.js';
