import { Injectable } from '@nestjs/common';
import { isId, UnitOfWork, type Transaction } from '../../platform/database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../../platform/http/page.js';
import { policyNotFound } from './gates.errors.js';
import { POLICY_COLUMNS, type PolicyView } from './policy.view.js';

const LATEST = `SELECT DISTINCT ON (name) * FROM gate_policy ORDER BY name, version DESC`;

/** Gate policies as others read them. Every method is one statement. */
@Injectable()
export class PolicyReader {
  constructor(private readonly units: UnitOfWork) {}

  /** By NAME (its latest version), NAME@VERSION or id. Throws POLICY_NOT_FOUND. */
  async byRef(ref: string): Promise<PolicyView> {
    const policy = await this.units.read((tx) => find(tx, ref));
    if (!policy) throw policyNotFound(ref);
    return policy;
  }

  /** Unknown ids are absent from the answer. */
  byIds(ids: readonly string[]): Promise<Map<string, PolicyView>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<PolicyView>(
        `SELECT ${POLICY_COLUMNS} FROM gate_policy p WHERE p.id = ANY($1::uuid[])`,
        [ids],
      );
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  /** The latest version of every policy that guards a stage, by name. A policy that moved to another stage guards that one. */
  forStage(stage: string): Promise<PolicyView[]> {
    return this.units.read((tx) =>
      tx.query<PolicyView>(`SELECT ${POLICY_COLUMNS} FROM (${LATEST}) p WHERE p.stage = $1 ORDER BY p.name`, [
        stage,
      ]),
    );
  }

  /** The latest version of each policy, by name. */
  list(page: PageRequest): Promise<Page<PolicyView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<PolicyView>(
        `SELECT ${POLICY_COLUMNS} FROM (${LATEST}) p WHERE $1::text IS NULL OR p.name > $1 ORDER BY p.name LIMIT $2`,
        [after?.[0] ?? null, size + 1],
      );
      return toPage(rows, size, (row) => [row.name]);
    });
  }

  /** Every version of a policy, newest first. Throws POLICY_NOT_FOUND. */
  async versions(name: string, page: PageRequest): Promise<Page<PolicyView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    const rows = await this.units.read((tx) =>
      tx.query<PolicyView>(
        `SELECT ${POLICY_COLUMNS} FROM gate_policy p
         WHERE p.name = $1 AND ($2::integer IS NULL OR p.version < $2::integer) ORDER BY p.version DESC LIMIT $3`,
        [name, after?.[0] ?? null, size + 1],
      ),
    );
    if (rows.length === 0 && after === null) throw policyNotFound(name);
    return toPage(rows, size, (row) => [row.version]);
  }
}

async function find(tx: Transaction, ref: string): Promise<PolicyView | undefined> {
  const [, name, version] = /^([^@]+)(?:@([1-9][0-9]{0,8}))?$/.exec(ref) ?? [];
  const select = `SELECT ${POLICY_COLUMNS} FROM gate_policy p`;
  const [row] = isId(ref)
    ? await tx.query<PolicyView>(`${select} WHERE p.id = $1`, [ref])
    : await tx.query<PolicyView>(
        `${select} WHERE p.name = $1 AND ($2::integer IS NULL OR p.version = $2::integer) ORDER BY p.version DESC LIMIT 1`,
        [name ?? ref, version ?? null],
      );
  return row;
}
