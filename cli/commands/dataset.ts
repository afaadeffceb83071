import { Command } from 'commander';
import type { DatasetVersionAnswer, JobView } from '../api-types.js';
import { usageError } from '../problem.js';
import { parseDigest, readColumns } from '../push-statements.js';
import { renderVersion } from '../render-version.js';
import type { Session } from '../session.js';
import {
  parseAssignment,
  parseFormats,
  parseSplits,
  SPLIT_ROLES,
  type SplitArgument,
} from '../split-arguments.js';
import { parseSplitBy, type SplitByOptions } from '../split-by-arguments.js';
import { collect, type CommandContext } from './command-context.js';
import { addAgreementCommand } from './agreement.js';
import { addCheckCommand } from './check.js';
import { addCroissantCommands } from './dataset-croissant.js';
import { addColumnsCommand } from './dataset-columns.js';
import { addDiffCommand } from './dataset-diff.js';
import { addDriftCommand } from './drift.js';
import { addProofCommand } from './dataset-proof.js';
import { addProfileCommand } from './profile.js';
import { addSampleCommands } from './sample.js';
import { addSuggestRulesCommand } from './suggest-rules.js';

const SPLIT_HELP = `
A split is named after its role, or after its domain:
  --split train=train.csv                 name train, role train
  --split cross_domain:south=south.csv    name south, role cross_domain, domain south
  --split test=t.csv --role test=holdout  name test, role holdout
The server fetches a file itself where its operator allows the place:
  --split train=https://data.example/train.csv#sha256=DIGEST    or file:///PATH#sha256=DIGEST
Roles: ${SPLIT_ROLES.join(', ')}. Labels of holdout and cross_domain splits are sealed.

Assay makes splits of one file, the same ones whatever the order of its rows:
  --data all.csv --split-by group:hospital --shares train=.8,holdout=.2 --seed 7
  --data all.csv --split-by time:day --cuts 2024-01-01 --shares train,holdout`;

interface PushOptions extends SplitByOptions {
  split?: string[];
  role?: string[];
  domain?: string[];
  key?: string;
  label?: string;
  protected?: string;
  group?: string;
  time?: string;
  type?: string[];
  open?: string[];
  seal?: string[];
  format?: string[];
  looks?: string;
  source?: string[];
  /** Where the rows come from, in words. */
  origin?: string;
  sourceColumn?: string;
  subject?: string;
  parent?: string;
  message?: string;
  columns?: string;
  digest?: string[];
  /** Types that a document gives; `type` goes before them. */
  declaredTypes?: Record<string, string>;
}

export function datasetCommand(context: CommandContext): Command {
  const { session } = context;
  const dataset = new Command('dataset').description('data sets, their versions and splits');
  dataset
    .command('push <name>')
    .description('store files (CSV, JSON lines, Parquet; gzip or zstd) as the next version of a data set')
    .option('--split <split=file>', 'a split and its file; once for each', collect)
    .option('--data <file>', 'one file that Assay makes the splits of')
    .option(
      '--split-by <method>',
      'how: random, stratified, group, time or hash; METHOD:COLUMN names the column',
    )
    .option('--shares <split=share,…>', 'what each split gets, such as train=.8,holdout=.2')
    .option('--cuts <time,…>', 'with time, instead of shares: where each split but the first begins')
    .option('--seed <n>', 'the same file and seed give the same splits (default 0)')
    .option('--role <split=role>', 'role of a split that has a name of its own', collect)
    .option('--domain <split=domain>', 'domain of a split that has a name of its own', collect)
    .option('--key <column>', 'column that identifies a row')
    .option('--label <column>', 'column that the model is to predict')
    .option('--protected <columns>', 'protected attributes, separated by commas')
    .option('--group <column>', 'column of the entity that rows belong to')
    .option('--time <column>', 'column that says when')
    .option('--type <column=type>', 'declare the type of a column instead of inferring it', collect)
    .option(
      '--format <format>',
      'csv, jsonl or parquet, or SPLIT=FORMAT, instead of what the file begins with',
      collect,
    )
    .option('--seal <split>', 'seal the labels of a split whose role does not', collect)
    .option('--open <split>', 'do not seal the labels of a split whose role does', collect)
    .option('--looks <n>', 'how many evaluations a sealed split allows (default 20)')
    .option('--source <name>', 'a source that rows come from (assay source add); once for each', collect)
    .option('--source-column <column>', 'column whose values are names of sources')
    .option('--subject <column>', 'column that says whom a row is about')
    .option('--columns <file>', 'where columns come from: a columnLineage facet of OpenLineage, or a list')
    .option(
      '--digest <system:name#digest>',
      'what MLflow or OpenLineage calls it (openlineage:NAMESPACE#NAME#VERSION); SPLIT= before it: of the file of a split',
      collect,
    )
    .option('--parent <version>', 'the version that this one was made from')
    .option('-m, --message <text>', 'what changed')
    .addHelpText('after', SPLIT_HELP)
    .action(async (name: string, options: PushOptions, command: Command) => {
      const current = session(command);
      const version = await pushDataset(current, name, options);
      current.answer(pushAnswer(version), renderVersion(version));
    });
  dataset
    .command('show <name>')
    .description('a version (NAME@VERSION, or NAME for the latest): schema, splits, content id')
    .action(async (name: string, _options: object, command: Command) => {
      const current = session(command);
      const version = await showDataset(current, name);
      current.answer(version, renderVersion(version));
    });
  addProfileCommand(dataset, context);
  addSampleCommands(dataset, context);
  addCheckCommand(dataset, context);
  addSuggestRulesCommand(dataset, context);
  addDiffCommand(dataset, context);
  addColumnsCommand(dataset, context);
  addProofCommand(dataset, context);
  addDriftCommand(dataset, context);
  addAgreementCommand(dataset, context);
  addCroissantCommands(dataset, context, async (current, name, options) => {
    const version = await pushDataset(current, name, options);
    current.answer(pushAnswer(version), renderVersion(version));
  });
  return dataset;
}

/** Uploads the splits' files, where they are no references, and makes them a version; waits until it is ready. */
export async function pushDataset(
  session: Session,
  name: string,
  options: PushOptions,
): Promise<DatasetVersionAnswer> {
  const { client } = session;
  const looks = options.looks === undefined ? undefined : Number(options.looks);
  if (looks !== undefined && !(Number.isInteger(looks) && looks > 0)) {
    throw usageError(`--looks ${options.looks}: expected a whole number above 0.`);
  }
  const planned = parseSplitBy(options);
  const parsed = planned?.splits ?? parseSplits(options.split ?? [], options.role, options.domain);
  if (parsed.length === 0)
    throw usageError('Name splits with --split SPLIT=FILE, or one file with --data FILE --split-by METHOD.');
  const sealed = sealedByName(parsed, options);
  const formats = parseFormats(options.format ?? [], parsed);
  const whole = planned && (await client.upload(planned.file));
  const splits = [];
  for (const { file, domain, ...split } of parsed) {
    splits.push({
      ...split,
      domain: domain ?? undefined,
      ...(whole
        ? { uploadId: whole.id }
        : typeof file === 'string'
          ? { uploadId: (await client.upload(file)).id }
          : file),
      share: planned?.shares.get(split.name),
      sealed: sealed.get(split.name),
      format: formats.get(split.name),
    });
  }
  const job = await client.post<{ job: JobView }>(
    client.projectPath(`/datasets/${encodeURIComponent(name)}/versions`),
    {
      splits,
      splitBy: planned?.splitBy,
      key: options.key,
      label: options.label,
      protected: columns(options.protected),
      group: options.group,
      time: options.time,
      declaredTypes: declaredTypes(options),
      looks,
      source: options.origin,
      sources: options.source,
      sourceColumn: options.sourceColumn,
      subject: options.subject,
      parent: options.parent,
      columnLineage: options.columns === undefined ? undefined : readColumns(options.columns),
      digests: options.digest?.map(parseDigest),
      message: options.message,
    },
  );
  const result = await client.finished<{ datasetVersionId: string; dataset: string; version: number }>(
    job.job,
    `preparing ${name}`,
  );
  return showDataset(session, `${result.dataset}@${result.version}`);
}

function declaredTypes({ type, declaredTypes: given }: PushOptions): Record<string, string> | undefined {
  if (!type && !given) return undefined;
  const said = (type ?? []).map((text) => parseAssignment(text, '--type', 'COLUMN=TYPE'));
  return { ...given, ...Object.fromEntries(said) };
}

function sealedByName(splits: SplitArgument[], { seal = [], open = [] }: PushOptions): Map<string, boolean> {
  const unknown = [...seal, ...open].find((name) => !splits.some((split) => split.name === name));
  if (unknown) throw usageError(`--seal or --open names "${unknown}", but no --split does.`);
  const both = seal.find((name) => open.includes(name));
  if (both) throw usageError(`"${both}" is to be sealed and open at once.`);
  return new Map([
    ...seal.map((name) => [name, true] as const),
    ...open.map((name) => [name, false] as const),
  ]);
}

async function showDataset(session: Session, reference: string): Promise<DatasetVersionAnswer> {
  const path = `/dataset-versions/${encodeURIComponent(reference)}`;
  return session.client.get<DatasetVersionAnswer>(session.client.projectPath(path));
}

function columns(list: string | undefined): string[] | undefined {
  const names = list
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names && names.length > 0 ? names : undefined;
}

/** The fixed shape of `dataset push --json`, with the rest of the version beside it. */
function pushAnswer(version: DatasetVersionAnswer) {
  return {
    datasetVersionId: version.id,
    dataset: version.dataset,
    version: version.version,
    contentId: version.contentId,
    encodingVersion: version.encodingVersion,
    schema: version.schema,
    splitBy: version.splitBy ?? null,
    splits: Object.fromEntries(version.splits.map((split) => [split.name, split])),
  };
}
