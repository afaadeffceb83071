import type { Pool, PoolClient } from 'pg';

/** Who holds the database's superuser: past row-level security, triggers and foreign keys. */
export class Superuser {
  private constructor(readonly client: PoolClient) {}

  static async login(admin: Pool): Promise<Superuser> {
    const client = await admin.connect();
    await client.query(`SET session_replication_role = replica; SET timezone = 'UTC'`);
    return new Superuser(client);
  }

  logout(): void {
    this.client.release(true);
  }

  async rows<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.client.query(sql, parameters)).rows as Row[];
  }

  /** Does what it likes to tables, and has them as they were afterwards. */
  async whileChanged<T>(
    tables: readonly string[],
    change: () => Promise<void>,
    work: () => Promise<T>,
  ): Promise<T> {
    for (const table of tables)
      await this.client.query(`CREATE TEMP TABLE kept_${table} AS SELECT * FROM ${table}`);
    try {
      await change();
      return await work();
    } finally {
      for (const table of tables) {
        await this.client.query(`DELETE FROM ${table}`);
        await this.client.query(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept_${table}`);
        await this.client.query(`DROP TABLE kept_${table}`);
      }
    }
  }
}
