import { Command } from 'commander';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EXIT } from '../exit-code.js';
import { renderReport } from '../render-report.js';
import type { Session } from '../session.js';
import { verifyExport, type VerifyReport } from '../verify/index.js';
import { fileSize, readText } from '../local-file.js';
import type { CommandContext } from './command-context.js';

interface VerifyOptions {
  export?: string;
  publicKey?: string;
}

export function auditCommand({ session, end }: CommandContext): Command {
  const audit = new Command('audit').description('the log of every change');
  audit
    .command('verify [file]')
    .description(
      'rebuild the log’s Merkle tree from an export and check every entry, signature and checkpoint',
    )
    .option('--export <file>', 'verify this export; if there is no such file, save the server’s there first')
    .option(
      '--public-key <file>',
      'the log’s verifier key as you know it, in a file: the export must be signed with it',
    )
    .addHelpText(
      'after',
      '\nWithout a file the export is downloaded, verified and thrown away. A file is verified offline.',
    )
    .action(async (file: string | undefined, options: VerifyOptions, command: Command) => {
      const current = session(command);
      const pinned = options.publicKey === undefined ? undefined : readText(options.publicKey);
      const report = await verifyAudit(current, file ?? options.export, pinned);
      current.answer(report, renderReport(report));
      if (!report.ok) end(EXIT.fail);
    });
  return audit;
}

async function verifyAudit(
  session: Session,
  file: string | undefined,
  pinned?: string,
): Promise<VerifyReport> {
  if (file !== undefined && existsSync(file)) return verifyFile(file, pinned);
  const { client } = session;
  const folder = await mkdtemp(join(tmpdir(), 'assay-audit-'));
  try {
    const target = file ?? join(folder, 'audit.ndjson');
    await client.download(client.projectPath('/audit/export'), target);
    if (file !== undefined) session.remark(`saved ${file}`);
    return await verifyFile(target, pinned);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function verifyFile(file: string, pinnedPublicKey?: string): Promise<VerifyReport> {
  fileSize(file);
  return verifyExport(createInterface({ input: createReadStream(file), crlfDelay: Infinity }), {
    pinnedPublicKey,
  });
}
