/**
 * What a caller may do, and which role may do it. Data, not code: the guards read it, the tests enumerate it, the
 * documentation prints it.
 */
export const PERMISSIONS = {
  read: 'read everything of the project that is not sealed',
  contribute: 'push datasets, log runs, register models, send predictions',
  gate: 'ask a gate for a decision',
  promote: 'promote a model version; the gate still decides whether it may be',
  policy: 'push gate policies, and the data that gates decide on',
  audit: 'see the numbers of sealed splits',
  administer: 'create and revoke API keys, create projects',
} as const;

export type Permission = keyof typeof PERMISSIONS;

export const ROLES = {
  viewer: ['read'],
  contributor: ['read', 'contribute', 'gate', 'promote'],
  reviewer: ['read', 'gate'],
  approver: ['read', 'gate', 'promote', 'policy'],
  auditor: ['read', 'audit'],
  admin: ['read', 'contribute', 'gate', 'promote', 'policy', 'administer'],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as Role[];

/** The permissions of a set of roles, narrowed to `scopes` where the key carries any. */
export function permissionsOf(
  roles: readonly Role[],
  scopes: readonly Permission[] = [],
): ReadonlySet<Permission> {
  const granted = new Set<Permission>(roles.flatMap((role) => [...ROLES[role]]));
  return scopes.length === 0
    ? granted
    : new Set([...granted].filter((permission) => scopes.includes(permission)));
}
