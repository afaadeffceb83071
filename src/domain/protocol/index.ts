export * from './parse-protocol.js';
export * from './protocol-fields.js';
export * from './protocol.schema.js';
export * from './read-slices.js';
