export * from './free-ladder.js';
export * from './ladder.js';
export * from './look-budget.js';
export * from './release.js';
export * from './told.js';
