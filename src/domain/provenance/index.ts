export * from './source-terms.js';
