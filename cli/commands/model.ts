import { Command } from 'commander';
import type { ModelVersionAnswer } from '../api-types.js';
import type { Session } from '../session.js';
import { collect, type CommandContext } from './command-context.js';
import { addContaminationCommand } from './contamination.js';

export interface RegisterOptions {
  artifact: string;
  run?: string;
  dataset?: string[];
  parent?: string;
  description?: string;
}

export function modelCommand(context: CommandContext): Command {
  const { session } = context;
  const model = new Command('model').description('models and their versions');
  model
    .command('register <name>')
    .description('register an artifact as the next version of a model')
    .requiredOption('--artifact <file>', 'the model file')
    .option('--run <id>', 'the run that made it')
    .option(
      '--dataset <name@version>',
      'data it was made from, where no run says so; may be repeated',
      collect,
    )
    .option('--parent <name@version>', 'the model version it was made from')
    .option('--description <text>', 'what is to be said about it')
    .action(async (name: string, options: RegisterOptions, command: Command) => {
      const current = session(command);
      const version = await registerModel(current, name, options);
      current.answer(
        version,
        `${version.model}@${version.version}  ${version.id}\nartifact ${version.artifact?.digest ?? 'none'}`,
      );
    });
  addContaminationCommand(model, context);
  return model;
}

/** Uploads the artifact and registers it. */
export async function registerModel(
  session: Session,
  name: string,
  options: RegisterOptions,
): Promise<ModelVersionAnswer> {
  const { client } = session;
  const upload = await client.upload(options.artifact);
  return client.post<ModelVersionAnswer>(client.projectPath(`/models/${encodeURIComponent(name)}/versions`), {
    artifactUploadId: upload.id,
    runId: options.run,
    datasetVersions: options.dataset,
    parent: options.parent,
    description: options.description,
  });
}
