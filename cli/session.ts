import { ApiClient } from './client.js';
import { ProgressBar, type ProgressTarget } from './progress.js';
import { resolveSettings, type Settings } from './settings.js';

/** What a command reads from and writes to; a test gives its own. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  cwd: string;
  stdout: ProgressTarget;
  stderr: ProgressTarget;
}

export interface GlobalOptions extends Partial<Settings> {
  json?: boolean;
  quiet?: boolean;
}

/** One call of a command: its client, and where its answer goes. */
export class Session {
  private readonly bar: ProgressBar | undefined;
  private cached: ApiClient | undefined;

  constructor(
    readonly surroundings: Surroundings,
    readonly options: GlobalOptions,
  ) {
    this.bar = surroundings.stderr.isTTY && !options.quiet ? new ProgressBar(surroundings.stderr) : undefined;
  }

  get client(): ApiClient {
    this.cached ??= new ApiClient(resolveSettings({ flags: this.flags(), ...this.surroundings }), {
      onProgress: this.bar && ((label, fraction) => this.bar?.show(label, fraction)),
    });
    return this.cached;
  }

  /** The answer: JSON with `--json`, else `text`. */
  answer(value: unknown, text: string): void {
    this.done();
    this.write(this.options.json ? JSON.stringify(value, null, 2) : text);
  }

  /** Text on stdout as it is, ending in one newline. */
  write(text: string): void {
    this.done();
    this.surroundings.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** A remark that is no part of the answer: stderr, and not with --quiet or --json. */
  remark(text: string): void {
    this.done();
    if (!this.options.quiet && !this.options.json) this.surroundings.stderr.write(`${text}\n`);
  }

  done(): void {
    this.bar?.clear();
  }

  private flags(): Partial<Settings> {
    const { url, apiKey, project } = this.options;
    return { url, apiKey, project };
  }
}
