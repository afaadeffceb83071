import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateDecision } from '../api-types.js';
import { checkGate } from '../commands/gate.js';
import { renderText } from '../gate/render-text.js';
import type { Session } from '../session.js';
import { packageRoot } from '../settings.js';
import type { Narrator } from './narrator.js';

export const STAGES = ['pilot', 'production'] as const;

export type Stage = (typeof STAGES)[number];

/** Pushes the demo's policies. The same text again is the same policy. */
export async function pushPolicies(session: Session): Promise<void> {
  const { client } = session;
  for (const stage of STAGES) {
    const document = await readFile(join(packageRoot(), 'cli', 'demo', `wages-${stage}.yaml`), 'utf8');
    await client.post(client.projectPath('/policies'), { document });
  }
}

/** Asks for a decision and prints it as `assay gate check` does. */
export async function decide(
  session: Session,
  model: string,
  stage: Stage,
  narrator: Narrator,
): Promise<GateDecision> {
  const decision = await checkGate(session, model, { policy: `wages-${stage}` });
  narrator.block(`\n$ assay gate check ${model} --policy wages-${stage}`);
  narrator.block(renderText(decision, 98));
  return decision;
}

/** Rule by rule, what a second decision by the same policy says differently. */
export function compareDecisions(before: GateDecision, after: GateDecision): string[][] {
  return after.rules.map((rule) => {
    const earlier = before.rules.find((one) => one.id === rule.id)?.verdict ?? 'none';
    return [rule.id, earlier, rule.verdict, earlier === rule.verdict ? '' : '<- changed'];
  });
}
