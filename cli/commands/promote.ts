import { Command } from 'commander';
import { EXIT } from '../exit-code.js';
import { CommandFailed } from '../problem.js';
import type { Session } from '../session.js';
import type { CommandContext } from './command-context.js';

export interface PromotionAnswer {
  id: string;
  stage: string;
}

export function promoteCommand({ session }: CommandContext): Command {
  return new Command('promote')
    .argument('<model>', 'NAME@VERSION')
    .description(
      'promote a model version to a stage; refused (exit 1) without a fresh PASS of the stage’s policy',
    )
    .requiredOption('--to <stage>', 'the stage')
    .action(async (model: string, options: { to: string }, command: Command) => {
      const current = session(command);
      try {
        const promotion = await promote(current, model, options.to);
        current.answer(promotion, `${model} is promoted to ${promotion.stage} (${promotion.id})`);
      } catch (error) {
        if (!(error instanceof CommandFailed) || error.problem.status !== 409) throw error;
        throw new CommandFailed(error.problem, EXIT.fail);
      }
    });
}

/** Asks for a promotion. Throws the server's 409 when the gate does not allow it. */
export function promote(session: Session, model: string, stage: string): Promise<PromotionAnswer> {
  const { client } = session;
  return client.post<PromotionAnswer>(client.projectPath('/promotions'), { modelVersion: model, stage });
}
