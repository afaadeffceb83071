import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthModule } from '../auth.module.js';
import { PermissionGuard } from '../permission.guard.js';
import { AuthResolver } from './auth.resolver.js';
import { KeysController } from './keys.controller.js';
import { ProjectsController } from './projects.controller.js';

/** The routes and fields of auth, for a process that serves. */
@Module({
  imports: [AuthModule],
  controllers: [KeysController, ProjectsController],
  providers: [AuthResolver, { provide: APP_GUARD, useClass: PermissionGuard }],
})
export class AuthApiModule {}
