export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** The first member that does not belong there, if any: what is not understood is not vouched for. */
export function unknownMember(value: Json, known: readonly string[]): string | undefined {
  return Object.keys(value).find((name) => !known.includes(name));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
