import './unheard-errors.js';
import pg from 'pg';

/** Work on one connection of its own, which is closed whatever happens. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
  // The query under way rejects as well; without a listener the process would end.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same address for another login. */
export function as(url: string, login: string, password: string): string {
  const other = new URL(url);
  other.username = login;
  other.password = password;
  return other.toString();
}

/** The same address and login, become `role` from the first statement on. */
export function inRole(url: string, role: string): string {
  const other = new URL(url);
  const given = other.searchParams.get('options');
  other.searchParams.set('options', `${given === null ? '' : `${given} `}-c role=${role}`);
  // URLSearchParams writes a space as +, which a connection string takes for a plus.
  other.search = other.search.replaceAll('+', '%20');
  return other.toString();
}
