export { registerBodyDepth } from './body-depth.js';
export { HttpModule } from './http.module.js';
export * from './page.js';
export * from './paged.js';
export * from './problem.js';
export { NotReplayed } from './idempotency.interceptor.js';
export * from './shape.js';
