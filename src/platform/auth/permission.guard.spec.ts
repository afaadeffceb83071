import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { describe, expect, it } from 'vitest';
import { runInContext } from '../context/index.js';
import { PermissionGuard } from './permission.guard.js';
import { Public, Requires } from './requires.decorator.js';
import { PERMISSIONS, type Permission } from './roles.js';

class Routes {
  @Requires('policy')
  pushes(): void {}
  @Public()
  greets(): void {}
  forgotten(): void {}
}

@Requires('administer')
class OfAdministrators {
  all(): void {}
  @Requires('read')
  one(): void {}
}

const guard = new PermissionGuard(new Reflector());
const EVERYTHING = Object.keys(PERMISSIONS) as Permission[];

function decide(type: new () => object, method: string, permissions: Permission[] | null): boolean | string {
  const handler = (type.prototype as Record<string, () => void>)[method]!;
  const context = new ExecutionContextHost([], type, handler);
  const ask = () => {
    try {
      return guard.canActivate(context);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  if (permissions === null) return ask();
  const actor = { kind: 'key' as const, id: 'k', name: 'k', permissions: new Set(permissions) };
  return runInContext({ requestId: 'r', projectId: 'p', projectName: 'p', actor }, ask);
}

describe('PermissionGuard', () => {
  it('refuses what declares no permission, to whoever may do everything too', () => {
    expect(decide(Routes, 'forgotten', EVERYTHING)).toBe('PERMISSION_UNDECLARED');
    expect(decide(Routes, 'forgotten', null)).toBe('PERMISSION_UNDECLARED');
  });

  it('asks for the very permission that is declared', () => {
    expect(decide(Routes, 'pushes', ['policy'])).toBe(true);
    expect(
      decide(
        Routes,
        'pushes',
        EVERYTHING.filter((each) => each !== 'policy'),
      ),
    ).toBe('PERMISSION_MISSING');
    expect(decide(Routes, 'pushes', [])).toBe('PERMISSION_MISSING');
  });

  it('asks nobody for nothing but where it is public', () => {
    expect(decide(Routes, 'pushes', null)).toBe('API_KEY_MISSING');
    expect(decide(Routes, 'greets', null)).toBe(true);
    expect(decide(Routes, 'greets', [])).toBe(true);
  });

  it('takes what the method says before what its class says', () => {
    expect(decide(OfAdministrators, 'all', ['read'])).toBe('PERMISSION_MISSING');
    expect(decide(OfAdministrators, 'all', ['administer'])).toBe(true);
    expect(decide(OfAdministrators, 'one', ['read'])).toBe(true);
  });
});
