import type { Command } from 'commander';
import { EXIT } from '../exit-code.js';
import { readText } from '../local-file.js';
import { usageError } from '../problem.js';
import { renderReport } from '../render-report.js';
import { verifyRowProof } from '../verify/index.js';
import type { CommandContext } from './command-context.js';

interface ProofOptions {
  split?: string;
  key?: string;
  leaf?: string;
  verify?: string;
  publicKey?: string;
}

/** `assay dataset proof NAME@VERSION --split SPLIT --key KEY`, and `--verify FILE` without a server. */
export function addProofCommand(dataset: Command, { session, end }: CommandContext): void {
  dataset
    .command('proof [version]')
    .description('prove that a row is in a split of a version, or is not; or check such a proof offline')
    .option('--split <name>', 'the split')
    .option('--key <value>', 'the key of the row, as the CSV file has it')
    .option('--leaf <hash>', 'without a key column: the leaf hash of the row')
    .option('--verify <file>', 'check a proof that was saved, without a server')
    .option('--public-key <file>', 'with --verify: the log’s verifier key as you know it, in a file')
    .action(async (version: string | undefined, options: ProofOptions, command: Command) => {
      const current = session(command);
      const { split, key, leaf, verify, publicKey } = options;
      if (verify !== undefined) {
        if (version !== undefined || split !== undefined || key !== undefined || leaf !== undefined)
          throw usageError('--verify takes a file alone: what is proved stands in it.');
        const pinnedPublicKey = publicKey === undefined ? undefined : readText(publicKey);
        const report = verifyRowProof(parsed(verify), { pinnedPublicKey });
        current.answer(report, renderReport(report));
        if (!report.ok) end(EXIT.fail);
        return;
      }
      if (version === undefined || split === undefined || (key === undefined) === (leaf === undefined))
        throw usageError(
          'Name a version, --split, and --key or --leaf; or --verify FILE.',
          'assay dataset proof people@3 --split train --key 17 > proof.json',
        );
      const place = [version, split].map(encodeURIComponent);
      const path = current.client.projectPath(`/dataset-versions/${place[0]}/splits/${place[1]}/proof`);
      const proof = await current.client.get<object>(path, { key, leaf });
      current.write(JSON.stringify(proof, null, 2));
    });
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readText(file));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw usageError(`${file} is not JSON.`, 'Give a file that `assay dataset proof` wrote.');
  }
}
