import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
/** Whoever started it is gone: so is it, even if that was killed. */
const END_WITH_PARENT =
  'data:text/javascript,process.on("disconnect",()=>process.kill(process.pid,"SIGKILL"))';

/** Several server processes of the built code, at once on one database and one home, as when the service is scaled out. */
export class ScaledService {
  private constructor(
    readonly database: TestDatabase,
    readonly home: string,
    readonly servers: { child: ChildProcess; url: string }[],
    readonly apiKey: string,
  ) {}

  static async start(count: number, environment: Record<string, string> = {}): Promise<ScaledService> {
    const database = await createTestDatabase();
    const home = await mkdtemp(join(tmpdir(), 'assay-races-'));
    // All at once: they race for the keys of the home, the first project and the tables of the queue too.
    const servers = await Promise.all(
      Array.from({ length: count }, () =>
        startServer({
          ...environment,
          ASSAY_HOME: home,
          ASSAY_PORT: '0',
          DATABASE_URL: database.ownerUrl,
          DATABASE_APP_URL: database.appUrl,
        }),
      ),
    );
    const { apiKey } = JSON.parse(await readFile(join(home, 'client.json'), 'utf8')) as { apiKey: string };
    return new ScaledService(database, home, servers, apiKey);
  }

  get pids(): number[] {
    return this.servers.map(({ child }) => child.pid!);
  }

  async rows<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.database.admin.query(sql, parameters)).rows as Row[];
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.servers.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGTERM');
        await once(child, 'exit');
      }),
    );
    await this.database.drop();
    await rm(this.home, { recursive: true, force: true });
  }
}

async function startServer(environment: Record<string, string>) {
  const own = Object.entries(process.env).filter(([name]) => !/^(ASSAY_|DATABASE_|REDIS_)/.test(name));
  const child = spawn(process.execPath, ['--enable-source-maps', '--import', END_WITH_PARENT, PROGRAM], {
    env: { ASSAY_LOG_LEVEL: 'error', ...Object.fromEntries(own), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  return new Promise<{ child: ChildProcess; url: string }>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      if (process.env.TEST_LOG_LEVEL !== undefined) process.stderr.write(chunk);
      said = (said + chunk.toString()).slice(-20_000);
      const [, url] = /API\s+(http:\/\/[^/\s]+)/.exec(said) ?? [];
      if (url !== undefined) resolve({ child, url });
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}
