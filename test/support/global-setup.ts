import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

const READY = fileURLToPath(new URL('../../scripts/ready.mjs', import.meta.url));

/** What is tested is what was built, so it has to be of these sources before anything of it is loaded, migrations among it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { status } = spawnSync(process.execPath, [READY], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the code was not built');
  const { startTestServer } = await import('./test-server.js');
  return startTestServer(project);
}
