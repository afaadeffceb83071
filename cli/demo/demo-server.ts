import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { runningServer, spawnProgram, stop, waitUntilReady } from '../local-server.js';
import { DEFAULT_URL, findHome, type Settings } from '../settings.js';

export interface DemoServer {
  settings: Settings;
  /** Whether the demo started it, and will stop it. */
  own: boolean;
  /** Ends when the server does; never, for a server that was there before. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** The server of this clone: the one that runs, else one started for the demo on a free port. */
export async function demoServer(env: NodeJS.ProcessEnv, cwd: string): Promise<DemoServer> {
  const home = findHome(env, cwd);
  const running = await runningServer(home);
  if (running) {
    return {
      settings: running,
      own: false,
      ended: new Promise(() => undefined),
      stop: async () => undefined,
    };
  }
  // The usual port makes for addresses that can be remembered; where it is taken, any will do.
  const port = (await isFree(env)) ? undefined : '0';
  const child = spawnProgram('main', { home, port }, env, ['ignore', 'pipe', 'pipe']);
  const settings = await waitUntilReady(child, home);
  return { settings, own: true, ended: exitOf(child), stop: () => stop(child) };
}

function isFree(env: NodeJS.ProcessEnv): Promise<boolean> {
  const { hostname, port } = new URL(DEFAULT_URL);
  if (env.ASSAY_PORT) return Promise.resolve(true);
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(Number(port), hostname, () => probe.close(() => resolve(true)));
  });
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
