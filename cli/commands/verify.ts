import { Command } from 'commander';
import { EXIT } from '../exit-code.js';
import { readText } from '../local-file.js';
import { usageError } from '../problem.js';
import { renderReport } from '../render-report.js';
import { verifyBundle, type VerifyReport } from '../verify/index.js';
import type { CommandContext } from './command-context.js';

export function verifyCommand({ session, end }: CommandContext): Command {
  return new Command('verify')
    .argument('<file>', 'a bundle that `assay gate show ID --bundle FILE` saved')
    .description('check a decision and its audit proof offline')
    .option(
      '--public-key <file>',
      'the log’s verifier key as you know it, in a file: the proof must be signed with it',
    )
    .action(async (file: string, options: { publicKey?: string }, command: Command) => {
      const pinned = options.publicKey === undefined ? undefined : readText(options.publicKey);
      const report = await verifyBundleFile(file, pinned);
      session(command).answer(report, renderReport(report));
      if (!report.ok) end(EXIT.fail);
    });
}

/** Checks a bundle in a file. What is not JSON is a usage error; what does not fit is a report that is not ok. */
export async function verifyBundleFile(file: string, pinnedPublicKey?: string): Promise<VerifyReport> {
  const text = readText(file);
  let bundle: unknown;
  try {
    bundle = JSON.parse(text);
  } catch {
    throw usageError(`${file} is not JSON.`, 'Give a file that `assay gate show ID --bundle FILE` saved.');
  }
  return verifyBundle(bundle, { pinnedPublicKey });
}
