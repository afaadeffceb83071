export * from './appender.js';
export * from './checkpoint.js';
export * from './hash.js';
export * from './note.js';
export * from './proof.js';
export * from './tree.js';
export * from './verify.js';
