export * from './free-ladder.js';
export * from './ladder.js';
export * from './look-budget.js';
