import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { isNode, type Node, nodes, text } from '../croissant/json-ld.js';
import { type CroissantSplit, readCroissant } from '../croissant/read-croissant.js';
import { fileSize, readText } from '../local-file.js';
import { usageError } from '../problem.js';
import type { Session } from '../session.js';
import { collect, type CommandContext } from './command-context.js';

/** Options of `dataset push` that a document does not say better. */
interface ImportOptions {
  name?: string;
  role?: string[];
  key?: string;
  label?: string;
  protected?: string;
  group?: string;
  time?: string;
  type?: string[];
  open?: string[];
  seal?: string[];
  looks?: string;
  parent?: string;
  message?: string;
}

interface DocumentPush extends Omit<ImportOptions, 'name'> {
  split: string[];
  domain: string[];
  origin: string;
  declaredTypes: Record<string, string>;
}

/** As `assay dataset push` does it. */
type Push = (session: Session, name: string, options: DocumentPush) => Promise<void>;

/** `assay dataset croissant NAME@VERSION`, and `import-croissant FILE`. */
export function addCroissantCommands(dataset: Command, { session }: CommandContext, push: Push): void {
  dataset
    .command('croissant <version>')
    .description('describe a version as a Croissant 1.1 document (JSON-LD)')
    .option(
      '--to <folder>',
      'write it there as croissant.json, with the Parquet files of its splits beside it',
    )
    .action(async (version: string, { to }: { to?: string }, command: Command) => {
      const current = session(command);
      const path = current.client.projectPath(`/dataset-versions/${encodeURIComponent(version)}`);
      const document = await current.client.get<Node>(`${path}/croissant`);
      if (to === undefined) return current.write(JSON.stringify(document, null, 2));
      const files = await saveFiles(current, document, path, to);
      current.answer({ folder: to, files }, [join(to, 'croissant.json'), ...files].join('\n'));
    });
  dataset
    .command('import-croissant <file>')
    .description(
      'store the table of a Croissant document, whose files lie beside it, as the next version of a data set',
    )
    .option('--name <name>', 'the data set; default: the name in the document')
    .option('--role <split=role>', 'role of a split where the document gives none, or another', collect)
    .option('--key <column>', 'column that identifies a row; default: the key in the document')
    .option('--label <column>', 'column that the model is to predict; default: the field of type cr:Label')
    .option('--protected <columns>', 'protected attributes, separated by commas')
    .option('--group <column>', 'column of the entity that rows belong to')
    .option('--time <column>', 'column that says when')
    .option(
      '--type <column=type>',
      'declare the type of a column in place of what the document says',
      collect,
    )
    .option('--seal <split>', 'seal the labels of a split whose role does not', collect)
    .option('--open <split>', 'do not seal the labels of a split whose role does', collect)
    .option('--looks <n>', 'how many evaluations a sealed split allows (default 20)')
    .option('--parent <version>', 'the version that this one was made from')
    .option('-m, --message <text>', 'what changed; default: the description in the document')
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const { name, ...document } = await readDocument(file, options);
      await push(session(command), name, document);
    });
}

async function saveFiles(session: Session, document: Node, path: string, folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const files: string[] = [];
  const distribution: Node[] = [];
  for (const file of nodes(document, 'distribution')) {
    const name = text(file, 'name')!;
    const to = join(folder, basename(name));
    await session.client.download(`${path}/${text(file, 'contentUrl')!}`, to);
    files.push(to);
    distribution.push({ ...file, contentUrl: encodeURIComponent(basename(name)) });
  }
  writeFileSync(
    join(folder, 'croissant.json'),
    `${JSON.stringify({ ...document, distribution }, null, 2)}\n`,
  );
  return files;
}

async function readDocument(file: string, options: ImportOptions): Promise<DocumentPush & { name: string }> {
  const found = readCroissant(parsed(file));
  const name = options.name ?? found.name;
  if (name === null) throw usageError(`${file} has no name.`, 'Name the data set: --name NAME.');
  const folder = dirname(file);
  for (const split of found.splits) await checkDigest(join(folder, split.file), split);
  const { role = [], message, name: _name, ...others } = options;
  const ofDocument = found.splits.flatMap((split) =>
    split.role === null ? [] : [`${split.name}=${split.role}`],
  );
  return {
    name,
    key: found.key ?? undefined,
    label: found.label ?? undefined,
    origin: found.source.slice(0, 500),
    message: (message ?? found.description ?? undefined)?.slice(0, 5_000),
    declaredTypes: found.types,
    ...others,
    split: found.splits.map((split) => `${split.name}=${join(folder, split.file)}`),
    // The last one counts.
    role: [...ofDocument, ...role],
    domain: found.splits.flatMap((split) => (split.domain === null ? [] : [`${split.name}=${split.domain}`])),
  };
}

async function checkDigest(path: string, { sha256 }: CroissantSplit): Promise<void> {
  fileSize(path);
  if (sha256 === null) return;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  if (found === sha256) return;
  throw usageError(
    `${path} has the SHA-256 ${found}; the document says ${sha256}.`,
    'Get the file that the document describes, or a document of the file that there is.',
  );
}

function parsed(file: string): unknown {
  try {
    const document: unknown = JSON.parse(readText(file));
    if (isNode(document)) return document;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw usageError(`${file} is no JSON object.`, 'Give a Croissant document in JSON-LD.');
}
