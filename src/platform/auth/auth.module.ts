import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { RecordKinds } from '../audit/index.js';
import { AuthResolver } from './api/auth.resolver.js';
import { KeysController } from './api/keys.controller.js';
import { ProjectsController } from './api/projects.controller.js';
import { AUTH_RECORDS } from './auth.records.js';
import { Authenticator } from './authenticator.service.js';
import { KeysService } from './keys.service.js';
import { PermissionGuard } from './permission.guard.js';
import { ProjectsService } from './projects.service.js';

@Global()
@Module({
  controllers: [KeysController, ProjectsController],
  providers: [
    Authenticator,
    KeysService,
    ProjectsService,
    AuthResolver,
    { provide: APP_GUARD, useClass: PermissionGuard },
  ],
  exports: [Authenticator, KeysService, ProjectsService],
})
export class AuthModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...AUTH_RECORDS);
  }
}
