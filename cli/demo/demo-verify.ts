import { join } from 'node:path';
import type { GateDecision } from '../api-types.js';
import { verifyBundleFile } from '../commands/verify.js';
import { subjectName } from '../gate/describe.js';
import { CommandFailed } from '../problem.js';
import { renderReport } from '../render-report.js';
import type { Session } from '../session.js';
import type { Narrator } from './narrator.js';

/**
 * Downloads each decision's bundle and checks it offline. Throws when one does not verify: a demo that went on would say
 * that it does not matter.
 */
export async function verifyDecisions(
  session: Session,
  decisions: GateDecision[],
  folder: string,
  narrator: Narrator,
): Promise<boolean[]> {
  const { client } = session;
  const verified: boolean[] = [];
  for (const decision of decisions) {
    const file = join(folder, `${decision.decisionId}.json`);
    await client.download(client.projectPath(`/gate-decisions/${decision.decisionId}/bundle`), file);
    session.done();
    const report = await verifyBundleFile(file);
    narrator.block(`${decision.verdict} for ${subjectName(decision)} by ${decision.policy.name}`);
    narrator.block(`${renderReport(report)}\n`.replace(/^/gm, '  '));
    if (!report.ok) {
      throw new CommandFailed({
        code: 'PROOF_INVALID',
        detail: `The proof of decision ${decision.decisionId} does not hold.`,
      });
    }
    verified.push(report.ok);
  }
  return verified;
}
