// All of the service, in one import: `serve.ts` asks for it once it has something to serve.
export { leaveClientFile } from './client-file.js';
export { createHttpServer } from './http-server.js';
export { refuseStrangeKeys } from './platform/audit/index.js';
export { ProjectsService } from './platform/auth/index.js';
