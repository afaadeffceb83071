export * from './task-success.js';
