export * from './parse-slice.js';
export * from './print-slice.js';
export * from './slice-counts.js';
export * from './slice-expression.js';
export * from './slice-types.js';
export * from './worst-slices.js';
