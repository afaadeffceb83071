import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditCommand } from './commands/audit.js';
import type { CommandContext } from './commands/command-context.js';
import { datasetCommand } from './commands/dataset.js';
import { demoCommand } from './commands/demo.js';
import { evaluateCommand } from './commands/evaluate.js';
import { evaluationCommand } from './commands/evaluation.js';
import { experimentCommand } from './commands/experiment.js';
import { gateCommand } from './commands/gate.js';
import { jobCommand } from './commands/job.js';
import { keyCommand } from './commands/key.js';
import { lineageCommand } from './commands/lineage.js';
import { modelCommand } from './commands/model.js';
import { policyCommand } from './commands/policy.js';
import { promoteCommand } from './commands/promote.js';
import { runCommand } from './commands/run.js';
import { sourceCommand } from './commands/source.js';
import { subjectCommand } from './commands/subject.js';
import { serveCommand, workerCommand } from './commands/serve.js';
import { verifyCommand } from './commands/verify.js';
import type { ExitCode } from './exit-code.js';
import { Session, type GlobalOptions, type Surroundings } from './session.js';
import { packageRoot } from './settings.js';

const EPILOGUE = `
Settings: flags over ASSAY_URL, ASSAY_API_KEY and ASSAY_PROJECT over .assay.yaml {url, project, apiKey}.
On the machine where \`npm start\` runs, address and key are found by themselves.

Exit codes: 0 pass, 1 fail, 2 usage or server error; \`gate check\` also 3 inconclusive, 4 awaiting approval, 5 stale.`;

/** The whole command line. `end` is called with the exit code of a command that has one of its own. */
export function createProgram(surroundings: Surroundings, end: (code: ExitCode) => void): Command {
  const program = new Command('assay');
  program
    .description('May this model be promoted? Decided on evidence that Assay computed itself.')
    .version(packageVersion(), '--version')
    .option('--url <url>', 'address of the server (ASSAY_URL)')
    .option('--api-key <key>', 'API key (better in ASSAY_API_KEY: arguments are visible to other users)')
    .option('--project <name>', 'project (ASSAY_PROJECT)')
    .option('--json', 'answer as JSON; errors as JSON on stderr')
    .option('-q, --quiet', 'no progress, no remarks')
    .addHelpText('after', EPILOGUE)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
    })
    .showHelpAfterError('(see --help)')
    .exitOverride();
  const context: CommandContext = {
    surroundings,
    end,
    session: (command) => new Session(surroundings, command.optsWithGlobals<GlobalOptions>()),
  };
  const commands = [
    sourceCommand,
    datasetCommand,
    experimentCommand,
    runCommand,
    modelCommand,
    evaluateCommand,
    evaluationCommand,
    policyCommand,
    gateCommand,
    promoteCommand,
    lineageCommand,
    subjectCommand,
    jobCommand,
    keyCommand,
    auditCommand,
    verifyCommand,
    serveCommand,
    workerCommand,
    demoCommand,
  ];
  for (const create of commands) program.addCommand(inheriting(program, create(context)));
  return program;
}

/** A command made apart does not have the program's settings (output, exitOverride, help) until they are copied. */
function inheriting(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheriting(command, child);
  return command;
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string })
    .version;
}
