import { Command } from 'commander';
import { EXIT } from '../exit-code.js';
import { renderReport } from '../render-report.js';
import { followCheckpoint } from './audit-checkpoint.js';
import { verifyAudit, type AuditVerifyOptions } from './audit-verify.js';
import type { CommandContext } from './command-context.js';

const KNOWN_KEY = 'the log’s verifier key as you know it, in a file: the log must be signed with it';

export function auditCommand(context: CommandContext): Command {
  return new Command('audit')
    .description('the log of every change')
    .addCommand(verifyCommand(context))
    .addCommand(checkpointCommand(context));
}

function verifyCommand({ session, end }: CommandContext): Command {
  return new Command('verify')
    .argument('[file]')
    .description(
      'rebuild the log’s Merkle tree and check every entry, signature and checkpoint, and what is stored against it',
    )
    .option('--export <file>', 'verify this export; if there is no such file, save the server’s there first')
    .option('--public-key <file>', KNOWN_KEY)
    .option('--since <file>', 'a checkpoint that you kept: the log must continue it')
    .option('--keep <file>', 'where all is verified, write the newest checkpoint to this file')
    .addHelpText(
      'after',
      '\nWithout a file the export is downloaded, verified and thrown away; then also every record and file that the server\n' +
        'stores is held against the log (with a key that has the permission audit). A file is verified offline.',
    )
    .action(
      async (
        file: string | undefined,
        options: Omit<AuditVerifyOptions, 'file'> & { export?: string },
        command: Command,
      ) => {
        const current = session(command);
        const report = await verifyAudit(current, { ...options, file: file ?? options.export });
        current.answer(report, renderReport(report));
        if (!report.ok) end(EXIT.fail);
      },
    );
}

function checkpointCommand({ session }: CommandContext): Command {
  return new Command('checkpoint')
    .description(
      'the log’s newest signed checkpoint; with one that you kept, proof that the log continues it',
    )
    .option('--keep <file>', 'the checkpoint you kept, if there is such a file; it is replaced by the newest')
    .option('--public-key <file>', KNOWN_KEY)
    .action(async (options: { keep?: string; publicKey?: string }, command: Command) => {
      const current = session(command);
      const newest = await followCheckpoint(current, options.keep, options.publicKey);
      current.answer(newest, newest.note);
    });
}
