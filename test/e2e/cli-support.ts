import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../cli/main.js';
import type { Settings } from '../../cli/settings.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A server of its own, the file it leaves for its machine, and `assay` called as a shell would call it. */
export class CliWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
  readonly home = join(this.folder, '.assay');
  private app: TestApp | undefined;
  settings: Settings;

  async start(): Promise<void> {
    this.app = await startTestApp({ workers: true });
    const { url, apiKey, project } = this.app;
    this.settings = { url, apiKey, project };
    mkdirSync(this.home);
    writeFileSync(join(this.home, 'client.json'), JSON.stringify(this.settings), { mode: 0o600 });
  }

  async stop(): Promise<void> {
    await this.app?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs `assay …` in the world's folder. */
  async assay(args: string[], env: NodeJS.ProcessEnv = {}): Promise<CliResult> {
    const written = { stdout: '', stderr: '' };
    const code = await run(args, {
      env: { ASSAY_HOME: this.home, ...env },
      cwd: this.folder,
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
    });
    return { code, ...written };
  }

  /** Runs `assay … --json` and parses its answer. Throws what it wrote when it failed. */
  async json<T>(args: string[]): Promise<T> {
    const result = await this.assay([...args, '--json']);
    try {
      return JSON.parse(result.stdout) as T;
    } catch {
      throw new Error(`assay ${args.join(' ')} ended with ${result.code}: ${result.stderr || result.stdout}`);
    }
  }
}
