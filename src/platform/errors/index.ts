export * from './assay-error.js';
