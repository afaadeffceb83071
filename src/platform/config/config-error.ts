/** A wrong environment variable. The process does not start. */
export class ConfigError extends Error {
  constructor(variable: string, found: string, expected: string) {
    // A URL may hold a password: its beginning tells enough.
    const shown = /:\/\//.test(found) ? `${found.slice(0, found.indexOf('://') + 3)}...` : found;
    super(`${variable} is ${JSON.stringify(shown)}; expected ${expected}`);
    this.name = 'ConfigError';
  }
}
