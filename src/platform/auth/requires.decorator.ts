import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { Permission } from './roles.js';

export const REQUIRED_PERMISSION = 'assay:permission';
export const PUBLIC = 'public';

/** The permission a route or a root field of GraphQL needs. Each has one: the guard refuses what has none. */
export const Requires = (permission: Permission): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(REQUIRED_PERMISSION, permission),
    ApiBearerAuth(),
    ApiExtension('x-assay-permission', permission),
  );

/** Open to callers without a key: health, readiness, the API's own description. */
export const Public = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(REQUIRED_PERMISSION, PUBLIC), RouteConfig({ public: true }), ApiSecurity({}));
