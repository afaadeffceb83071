import { Command, Option } from 'commander';
import { writeFileSync } from 'node:fs';
import type { GateDecision, JobView, ModelVersionAnswer, Page } from '../api-types.js';
import type { ApiClient } from '../client.js';
import { EXIT, exitCodeOf, type ExitCode } from '../exit-code.js';
import { FORMATS, renderDecision, type Format } from '../gate/render-decision.js';
import { CommandFailed, usageError } from '../problem.js';
import type { Session } from '../session.js';
import type { CommandContext } from './command-context.js';

export interface CheckOptions {
  policy?: string;
  stage?: string;
  dataset?: string;
  wait?: boolean;
  dryRun?: boolean;
}

interface OutputOptions {
  format?: Format;
  output?: string;
}

export function gateCommand({ session, end }: CommandContext): Command {
  const gate = new Command('gate').description('may a model version be promoted?');
  const formats = () => new Option('--format <format>', 'form of the answer').choices(FORMATS);
  gate
    .command('check <model>')
    .description('decide, by a policy, about NAME@VERSION on the evidence that is stored')
    .option('--policy <name>', 'the policy; else the one of --stage')
    .option('--stage <stage>', 'the stage it is to be promoted to')
    .option(
      '--dataset <name@version>',
      'the data set version whose evaluation counts; else the latest evaluated',
    )
    .option('--wait', 'wait for evaluations and comparisons that are still running')
    .option('--dry-run', 'decide, and record nothing')
    .addOption(formats())
    .option('--output <file>', 'write the answer to a file')
    .addHelpText(
      'after',
      '\nExit codes: 0 pass, 1 fail, 2 usage or server error, 3 inconclusive, 4 awaiting approval, 5 stale.',
    )
    .action(async (model: string, options: CheckOptions & OutputOptions, command: Command) => {
      const current = session(command);
      const decision = await checkGate(current, model, options);
      show(current, decision, options);
      end(codeOf(decision));
    });
  gate
    .command('show <decision>')
    .description('a decision that was made; with --bundle, all that `assay verify` needs')
    .addOption(formats())
    .option('--output <file>', 'write the answer to a file')
    .option('--bundle <file>', 'save the decision with its evidence and audit proof, to verify offline')
    .action(async (id: string, options: OutputOptions & { bundle?: string }, command: Command) => {
      const current = session(command);
      const { client } = current;
      const path = client.projectPath(`/gate-decisions/${encodeURIComponent(id)}`);
      if (options.bundle) {
        await client.download(`${path}/bundle`, options.bundle);
        current.remark(`saved ${options.bundle}; check it with: assay verify ${options.bundle}`);
      }
      show(current, await client.get<GateDecision>(path), options);
    });
  return gate;
}

/**
 * Asks the gate for a decision. With `wait`, evaluations of this model version that are still running are awaited, and
 * paired comparisons that the policy needs. Without, a comparison that is not there yet ends the command as inconclusive.
 */
export async function checkGate(
  session: Session,
  model: string,
  options: CheckOptions,
): Promise<GateDecision> {
  if (!options.policy && !options.stage) {
    throw usageError('gate check needs --policy NAME or --stage STAGE.');
  }
  const { client } = session;
  if (options.wait) await evaluated(client, model);
  for (;;) {
    const answer = await client.post<GateDecision | { job: JobView }>(client.projectPath('/gate-decisions'), {
      modelVersion: model,
      policy: options.policy,
      stage: options.stage,
      datasetVersion: options.dataset,
      dryRun: options.dryRun,
    });
    if (!('job' in answer)) return answer;
    if (!options.wait) throw pending(answer.job);
    await client.finished(answer.job, `comparing ${model}`);
  }
}

/** Waits until no evaluation of this model version is queued or running, however each ends. */
async function evaluated(client: ApiClient, reference: string): Promise<void> {
  const [name, version] = reference.split('@');
  if (version === undefined) return;
  const path = `/models/${encodeURIComponent(name!)}/versions/${encodeURIComponent(version)}`;
  const { id } = await client.get<ModelVersionAnswer>(client.projectPath(path));
  for (const state of ['running', 'queued']) {
    const query = { state, kind: 'evaluation.compute', first: 500 };
    const { items } = await client.get<Page<JobView>>(client.projectPath('/jobs'), query);
    for (const job of items.filter(({ subject }) => subject?.id === id)) {
      await client.finished(job, `evaluating ${reference}`).catch((error: unknown) => {
        if (!(error instanceof CommandFailed) || error.problem.jobId === undefined) throw error;
      });
    }
  }
}

function pending(job: JobView): CommandFailed {
  return new CommandFailed(
    {
      code: 'DECISION_PENDING',
      detail: 'What the policy asks for (a comparison, or rows in training data) is still being computed.',
      remedy: 'Ask again with --wait.',
      jobId: job.id,
    },
    EXIT.inconclusive,
  );
}

/** A decision that no longer stands is stale, whatever it once said. */
function codeOf({ verdict, state }: GateDecision): ExitCode {
  return state === undefined || state === 'standing' ? exitCodeOf(verdict) : EXIT.stale;
}

function show(session: Session, decision: GateDecision, options: OutputOptions): void {
  const format = options.format ?? (session.options.json ? 'json' : 'text');
  const text = renderDecision(decision, format);
  if (!options.output) return session.write(text);
  writeFileSync(options.output, text);
  session.remark(`${decision.verdict}: written to ${options.output}`);
}
