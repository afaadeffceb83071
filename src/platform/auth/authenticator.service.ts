import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { RequestContext } from '../context/index.js';
import { ForbiddenError, UnauthenticatedError } from '../errors/index.js';
import { parseApiKey } from './api-key.js';
import { permissionsOf, type Permission, type Role } from './roles.js';

interface FoundKey {
  id: string;
  project_id: string;
  project_name: string;
  name: string;
  roles: Role[];
  scopes: Permission[];
  expired: boolean;
  revoked: boolean;
}

const REMEDY = 'Send `Authorization: Bearer <API key>`; `assay key create` makes one.';

/** Turns the Authorization header of a request into who acts, in which project. */
@Injectable()
export class Authenticator {
  constructor(private readonly database: DataSource) {}

  /** Throws UnauthenticatedError, without telling an unknown key from a mistyped one. */
  async authenticate(authorization: string | undefined, requestId: string): Promise<RequestContext> {
    if (authorization === undefined) {
      throw new UnauthenticatedError('API_KEY_MISSING', 'No API key was sent.', { remedy: REMEDY });
    }
    const presented = parseApiKey(presentedKey(authorization));
    const key = presented && (await this.find(presented.hash));
    if (!key)
      throw new UnauthenticatedError('API_KEY_INVALID', 'This API key is not known.', { remedy: REMEDY });
    if (key.revoked)
      throw new UnauthenticatedError('API_KEY_REVOKED', 'This API key was revoked.', { remedy: REMEDY });
    if (key.expired)
      throw new UnauthenticatedError('API_KEY_EXPIRED', 'This API key has expired.', { remedy: REMEDY });
    return {
      requestId,
      projectId: key.project_id,
      projectName: key.project_name,
      actor: { kind: 'key', id: key.id, name: key.name, permissions: permissionsOf(key.roles, key.scopes) },
    };
  }

  private async find(hash: Buffer): Promise<FoundKey | undefined> {
    // The project is not known before the key is: this one look-up crosses row-level security, inside the database.
    // It also notes the use, at most once a minute.
    const [key] = await this.database.query<FoundKey[]>('SELECT * FROM find_api_key($1)', [hash]);
    return key;
  }
}

/** A key is for one project; the project in the path must be that one. */
export function checkProject(context: RequestContext, project: string | undefined): void {
  if (project === undefined || project === context.projectName || project === context.projectId) return;
  throw new ForbiddenError(
    'PROJECT_FORBIDDEN',
    `This API key is not for project ${JSON.stringify(project)}.`,
    {
      remedy: 'Use a key of that project.',
    },
  );
}

/** One scheme, one value: anything behind them makes it no key. */
const CREDENTIALS = /^(bearer|basic) +(\S+)$/i;

/** Bearer, or Basic with the key as password, as clients of other tools send it. Empty where it is neither. */
function presentedKey(authorization: string): string {
  const [, scheme = '', value = ''] = CREDENTIALS.exec(authorization.trim()) ?? [];
  if (scheme.toLowerCase() !== 'basic') return value;
  return Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':');
}
