import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { findContext } from '../context/index.js';
import { ForbiddenError, UnauthenticatedError } from '../errors/index.js';
import { PUBLIC, REQUIRED_PERMISSION } from './requires.decorator.js';
import type { Permission } from './roles.js';

/** Decides by the table of roles. What declares no permission is refused, so that forgetting one fails closed. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const required = this.reflector.getAllAndOverride<Permission | typeof PUBLIC | undefined>(
      REQUIRED_PERMISSION,
      [context.getHandler(), context.getClass()],
    );
    if (required === PUBLIC) return true;
    const name = `${context.getClass().name}.${context.getHandler().name}`;
    if (required === undefined)
      throw new ForbiddenError('PERMISSION_UNDECLARED', `${name} declares no permission.`);
    const caller = findContext();
    if (!caller) throw new UnauthenticatedError('API_KEY_MISSING', 'No API key was sent.');
    if (caller.actor.permissions.has(required)) return true;
    throw new ForbiddenError(
      'PERMISSION_MISSING',
      `This needs the permission "${required}", which this API key lacks.`,
      {
        permission: required,
        remedy: 'Use a key whose role has it; GET /v1/roles lists roles and permissions.',
      },
    );
  }
}
