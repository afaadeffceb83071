import { tmpdir } from 'node:os';
import { run } from '../../cli/main.js';
import type { ServedHome } from './served-home.js';

/** `assay audit verify` on a server that runs: its exit code, and what it said. */
export async function verifyAuditOf(
  server: Pick<ServedHome, 'clientFile'>,
): Promise<{ code: number; said: string }> {
  let said = '';
  const out = { write: (text: string) => (said += text) };
  const { url, apiKey, project } = server.clientFile;
  const env = { ASSAY_URL: url, ASSAY_API_KEY: apiKey, ASSAY_PROJECT: project };
  const code = await run(['audit', 'verify'], { env, cwd: tmpdir(), stdout: out, stderr: out });
  return { code, said };
}
