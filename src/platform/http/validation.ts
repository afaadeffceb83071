import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { isAsSent } from './as-sent.js';
import { InvalidInputError, type FieldProblem } from '../errors/index.js';

/** Unknown fields are refused, every problem is listed with its path, and no value is echoed. */
export function validationPipe(): ValidationPipe {
  return new RequestValidation({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    exceptionFactory: (errors) => {
      const fields = errors.flatMap((error) => problemsOf(error, ''));
      const first = fields[0];
      return new InvalidInputError(
        'REQUEST_INVALID',
        first ? `${first.path}: ${first.message}` : 'The request is not valid.',
        {
          fields,
        },
      );
    },
  });
}

/**
 * class-transformer makes of every object what its `constructor` says, which may be a member that the client sent, and Nest drops
 * such members in silence. Here they are refused, or kept where a map may have any name.
 */
class RequestValidation extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const path = strayMember(value, [], metadata.metatype);
    if (path === undefined) return super.transform(value, metadata) as Promise<unknown>;
    const problem = { path, message: 'no request has this member' };
    throw new InvalidInputError('REQUEST_INVALID', `${path}: ${problem.message}`, { fields: [problem] });
  }

  /** Nothing is left to strip. */
  protected override stripProtoKeys(): void {}
}

/** Where `__proto__` or `constructor` stands, but for a `constructor` among the names of a map that is kept as it was sent (AsSent). */
function strayMember(value: unknown, path: readonly string[], type: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, item] of Object.entries(value)) {
    const here = [...path, name];
    if (name === '__proto__') return here.join('.');
    const kept = path.length === 1 && isAsSent(type, path[0]!) && typeof item !== 'object';
    if (name === 'constructor' && !kept) return here.join('.');
    const found = strayMember(item, here, type);
    if (found !== undefined) return found;
  }
  return undefined;
}

function problemsOf(error: ValidationError, parent: string): FieldProblem[] {
  const path = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ path, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => problemsOf(child, path))];
}
