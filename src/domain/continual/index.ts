export * from './continual-formulas.js';
export * from './measure-continual.js';
export * from './score-matrix.js';
