import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/index.js';
import { currentContext } from '../context/index.js';
import { newId, UnitOfWork } from '../database/index.js';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../errors/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../http/page.js';
import { createApiKey } from './api-key.js';
import { API_KEY } from './auth.records.js';
import { permissionsOf, ROLE_NAMES, type Permission, type Role } from './roles.js';

export interface ApiKeyView {
  id: string;
  name: string;
  prefix: string;
  role: Role;
  roles: Role[];
  scopes: Permission[];
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}

/** Fields may be absent or null, which is the same. */
export interface NewKeyRequest {
  roles: Role[];
  scopes?: Permission[] | null;
  name?: string | null;
  /** Lifetime such as `90d`, `12h`, `30m`; absent: the key does not expire. */
  expires?: string | null;
}

const COLUMNS = `id, name, prefix, roles, roles[1] AS role, scopes, expires_at AS "expiresAt", revoked_at AS "revokedAt",
  last_used_at AS "lastUsedAt", created_at AS "createdAt"`;

const ADMINISTERING_ROLES = ROLE_NAMES.filter((role) => permissionsOf([role]).has('administer'));

/** Two are enough to know that there is more than one. */
const LIVING_ADMINISTRATORS = `SELECT id FROM api_key
  WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    AND roles && $1::text[] AND (scopes = '{}' OR 'administer' = ANY (scopes)) LIMIT 2`;

@Injectable()
export class KeysService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly audit: AuditLog,
  ) {}

  /**
   * The secret is in this answer and nowhere else. A key grants what it may do itself and nothing more: narrowed to `administer`
   * it does not make itself whole, and an administrator, who may not see sealed numbers, makes no auditor. Throws KEY_GRANT_EXCEEDED.
   */
  async create(request: NewKeyRequest): Promise<ApiKeyView & { secret: string }> {
    const { projectId, actor } = currentContext();
    const scopes = request.scopes ?? [];
    const missing = [...permissionsOf(request.roles, scopes)].filter(
      (permission) => !actor.permissions.has(permission),
    );
    if (missing.length > 0) throw grantExceeded(missing);
    const key = createApiKey();
    return this.units.run(async (tx) => {
      const [row] = await tx.query<ApiKeyView>(
        `INSERT INTO api_key (id, project_id, name, prefix, hash, roles, scopes, expires_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8::interval, $9) RETURNING ${COLUMNS}`,
        [
          newId(),
          projectId,
          request.name ?? request.roles.join('+'),
          key.prefix,
          key.hash,
          request.roles,
          scopes,
          lifetime(request.expires ?? null),
          actor.id,
        ],
      );
      if (!row) throw new Error('the key was not stored');
      await this.audit.record({
        action: 'key.created',
        subject: { kind: 'apiKey', id: row.id },
        body: {
          name: row.name,
          prefix: row.prefix,
          roles: row.roles,
          scopes: row.scopes,
          expiresAt: row.expiresAt?.toISOString() ?? null,
        },
        records: [{ kind: API_KEY, id: row.id }],
      });
      return { ...row, secret: key.secret };
    });
  }

  list(page: PageRequest): Promise<Page<ApiKeyView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<ApiKeyView>(
        `SELECT ${COLUMNS} FROM api_key WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
        [after?.[0] ?? null, size + 1],
      );
      return toPage(rows, size, (row) => [row.id]);
    });
  }

  /**
   * From the next request on, the key is refused. Revoking twice is no error. Throws KEY_NOT_FOUND, and KEY_LAST_ADMINISTRATOR
   * where nobody could make another key afterwards.
   */
  revoke(id: string): Promise<ApiKeyView> {
    return this.units.run(async (tx) => {
      // One at a time in a project: two administrators that revoke each other would leave none.
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`assay/keys/${tx.projectId}`]);
      const [before] = await tx.query<ApiKeyView>(`SELECT ${COLUMNS} FROM api_key WHERE id = $1 FOR UPDATE`, [
        id,
      ]);
      if (!before) throw new NotFoundError('KEY_NOT_FOUND', `There is no API key ${id} in this project.`);
      if (before.revokedAt) return before;
      const administrators = await tx.query<{ id: string }>(LIVING_ADMINISTRATORS, [ADMINISTERING_ROLES]);
      if (administrators.length === 1 && administrators[0]?.id === id) throw lastAdministrator(before.name);
      const [row] = await tx.query<ApiKeyView>(
        `UPDATE api_key SET revoked_at = now() WHERE id = $1 RETURNING ${COLUMNS}`,
        [id],
      );
      await this.audit.record({
        action: 'key.revoked',
        subject: { kind: 'apiKey', id },
        body: { name: before.name, prefix: before.prefix },
        records: [{ kind: API_KEY, id }],
      });
      return row ?? before;
    });
  }
}

const grantExceeded = (missing: readonly Permission[]) =>
  new ForbiddenError(
    'KEY_GRANT_EXCEEDED',
    `This API key lacks ${missing.join(', ')} itself, and a key grants only what it may do.`,
    {
      missing,
      remedy: 'Ask for other roles, narrow them by scopes, or use a key that has these permissions.',
    },
  );

const lastAdministrator = (name: string) =>
  new ConflictError(
    'KEY_LAST_ADMINISTRATOR',
    `API key ${JSON.stringify(name)} is the last one that administers this project.`,
    { remedy: 'Make another key with the role admin first, and revoke this one with it.' },
  );

const UNITS: Record<string, string> = { m: 'minutes', h: 'hours', d: 'days' };

/** `90d` as a PostgreSQL interval. */
function lifetime(expires: string | null): string | null {
  if (expires === null) return null;
  const match = /^([1-9][0-9]{0,4})([mhd])$/.exec(expires);
  if (!match) {
    throw new InvalidInputError(
      'KEY_LIFETIME_INVALID',
      `expires is ${JSON.stringify(expires)}; expected e.g. 90d, 12h or 30m.`,
    );
  }
  return `${match[1]} ${UNITS[match[2] ?? 'd']}`;
}
