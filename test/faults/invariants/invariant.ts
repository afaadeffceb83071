import type { Ledger } from '../crash/ledger.js';

/** Where the checker looks: the tables as a superuser, the files of the home, and what clients were promised. */
export interface Evidence {
  rows<Row = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  home: string;
  ledger: Ledger;
}

/** What holds at rest, whatever was killed before. It knows tables and files, and no code of the service. */
export interface Invariant {
  name: string;
  /** What contradicts it; nothing where it holds. */
  broken(evidence: Evidence): Promise<string[]>;
}

/** One that holds where a query finds no row. */
export function noRows(name: string, sql: string): Invariant {
  return {
    name,
    broken: async ({ rows }) => (await rows(sql)).map((row) => JSON.stringify(row)),
  };
}

/** One that compares a count with what it must be, or lie between. */
export function counted(
  name: string,
  sql: string,
  bounds: (ledger: Ledger) => { least: number; most?: number },
): Invariant {
  return {
    name,
    broken: async ({ rows, ledger }) => {
      const [found] = await rows<{ count: string }>(sql);
      const { least, most = least } = bounds(ledger);
      const count = Number(found?.count);
      return count >= least && count <= most
        ? []
        : [`found ${count}, expected ${least}${most === least ? '' : ` to ${most}`}`];
    },
  };
}

/** One that says that each of some ids is among those that a query finds. */
export function present(name: string, ids: (ledger: Ledger) => Iterable<string>, sql: string): Invariant {
  return {
    name,
    broken: async ({ rows, ledger }) => {
      const found = new Set((await rows<{ id: string }>(sql)).map(({ id }) => id));
      return [...ids(ledger)]
        .filter((id) => !found.has(id))
        .map((id) => `${id} was accepted and is not there`);
    },
  };
}
