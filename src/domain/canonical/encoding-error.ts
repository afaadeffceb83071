/**
 * A value that has no canonical form. The message never repeats the value, because it may be a sealed label; `found`
 * holds it for callers that may show it.
 */
export class EncodingError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly found?: unknown,
  ) {
    super(message);
    this.name = 'EncodingError';
  }
}
