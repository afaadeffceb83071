export { AuthModule } from './auth.module.js';
export { Authenticator } from './authenticator.service.js';
export { refuseAddress, registerAuthentication } from './authentication.hook.js';
export { KeysService } from './keys.service.js';
export { ProjectsService, type ProjectView } from './projects.service.js';
export { Public, Requires } from './requires.decorator.js';
export { PERMISSIONS, ROLE_NAMES, ROLES, permissionsOf, type Permission, type Role } from './roles.js';
