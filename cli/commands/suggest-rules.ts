import type { Command } from 'commander';
import type { JobView } from '../api-types.js';
import type { CommandContext } from './command-context.js';

interface SuggestedRules {
  ref: string;
  checks: object[];
  leftOut: { column: string; why: string }[];
}

/** `assay dataset suggest-rules NAME@VERSION > rules.json`. */
export function addSuggestRulesCommand(dataset: Command, { session }: CommandContext): void {
  dataset
    .command('suggest-rules <version>')
    .description(
      'rules that a version keeps, as a document for `dataset check --checks`; patterns are never guessed',
    )
    .option('--splits <names>', 'splits, separated by commas; default: all together')
    .action(async (version: string, { splits }: { splits?: string }, command: Command) => {
      const current = session(command);
      const { client } = current;
      const path = client.projectPath(`/dataset-versions/${encodeURIComponent(version)}/rule-suggestions`);
      const names = splits?.split(',').flatMap((name) => name.trim() || []);
      const { job } = await client.post<{ job: JobView }>(path, { splits: names });
      const { checks, leftOut } = await client.finished<SuggestedRules>(job, `reading ${version}`);
      for (const { column, why } of leftOut) current.remark(`nothing of ${column}: ${why}`);
      const document = { checks };
      current.answer(document, JSON.stringify(document, null, 2));
    });
}
