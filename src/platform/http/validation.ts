import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
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

/** class-transformer makes of every object what its `constructor` says, which may be a member that the client sent. */
class RequestValidation extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const path = strayConstructor(value, []);
    if (path === undefined) return super.transform(value, metadata) as Promise<unknown>;
    const problem = { path, message: 'property constructor should not exist' };
    throw new InvalidInputError('REQUEST_INVALID', `${path}: ${problem.message}`, { fields: [problem] });
  }
}

/** Where a member `constructor` stands, unless as one of the names of a map that is taken as it was sent (AsSent). */
function strayConstructor(value: unknown, path: readonly string[]): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, item] of Object.entries(value)) {
    const here = [...path, name];
    if (name === 'constructor' && (path.length !== 1 || Array.isArray(value) || typeof item === 'object'))
      return here.join('.');
    const found = strayConstructor(item, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

function problemsOf(error: ValidationError, parent: string): FieldProblem[] {
  const path = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ path, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => problemsOf(child, path))];
}
