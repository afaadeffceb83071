import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailed } from './problem.js';
import { packageRoot, readClientFile, type Settings } from './settings.js';

export interface ServeOptions {
  home?: string;
  port?: string;
}

/** Starts the compiled server or worker of this package as a child process. */
export function spawnProgram(
  name: 'main' | 'worker',
  options: ServeOptions,
  env: NodeJS.ProcessEnv,
  stdio: 'inherit' | 'ignore' | ['ignore', 'pipe', 'pipe'],
): ChildProcess {
  const program = join(packageRoot(), 'dist', `${name}.js`);
  if (!existsSync(program)) {
    throw new CommandFailed({
      code: 'NOT_BUILT',
      detail: `${program} is missing.`,
      remedy: 'Run `npm run build` in the folder of Assay.',
    });
  }
  return spawn(process.execPath, ['--enable-source-maps', program], {
    env: {
      ...env,
      ...(options.home === undefined ? {} : { ASSAY_HOME: options.home }),
      ...(options.port === undefined ? {} : { ASSAY_PORT: options.port }),
    },
    stdio,
  });
}

/** The running server of a home: it is ready, and the home's key is one of its own. */
export async function runningServer(home: string): Promise<Settings | undefined> {
  const settings = readClientFile(home);
  if (!settings) return undefined;
  const { url, apiKey } = settings;
  const ready = (await answers(`${url}/ready`)) && (await answers(`${url}/v1/project`, apiKey));
  return ready ? settings : undefined;
}

async function answers(url: string, apiKey?: string): Promise<boolean> {
  try {
    const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

/** Waits until the server of `home` is ready. Throws what it said last when it ends or does not come up in time. */
export async function waitUntilReady(
  child: ChildProcess,
  home: string,
  timeoutMs = 120_000,
): Promise<Settings> {
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said.push(chunk.toString());
      if (said.length > 50) said.shift();
    });
  }
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const settings = await runningServer(home);
    if (settings) return settings;
    await sleep(100);
  }
  child.kill('SIGTERM');
  const output = said.join('').trim().split('\n').slice(-8).join('\n');
  throw new CommandFailed({
    code: 'SERVER_NOT_STARTED',
    detail: `The server did not become ready.${output ? ` It said:\n${output}` : ''}`,
  });
}

/** Asks a child to end and waits until it has; kills it when it takes too long. */
export async function stop(child: ChildProcess, graceMs = 20_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}
