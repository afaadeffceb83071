import { AssayError } from '../../../platform/errors/index.js';
import { IMPORT_LIMITS } from '../imports/import-limits.js';
import { sourceOfFile } from '../imports/import-source.js';
import { archiveMembers } from '../imports/zip/zip-archive.js';
import { modelError, wordsOf } from './execution.errors.js';

/** A TensorFlow.js model as its converter writes it: model.json and the weights in the order of its manifest. */
export interface TfjsFiles {
  format: 'layers-model' | 'graph-model';
  modelTopology: object;
  weightSpecs: object[];
  weightData: ArrayBuffer;
  signature: object | undefined;
}

interface ModelJson {
  format?: string;
  modelTopology?: { node?: unknown };
  weightsManifest?: { paths: string[]; weights: object[] }[];
  signature?: object;
}

const MOST_FILES = 10_000;
const MODEL_JSON = /^([^/]+\/)?model\.json$/;

/** Reads the ZIP of a model from memory to memory. Throws MODEL_UNREADABLE. */
export async function readTfjsArchive(path: string): Promise<TfjsFiles> {
  const files = new Map<string, Buffer>();
  try {
    const source = await sourceOfFile(path);
    for await (const member of archiveMembers(source, { ...IMPORT_LIMITS, entries: MOST_FILES })) {
      const chunks: Uint8Array[] = [];
      await member.read((chunk) => chunks.push(Buffer.from(chunk)));
      files.set(member.name, Buffer.concat(chunks));
    }
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    throw unreadable(`is no ZIP of a TensorFlow.js model: ${error.message}`);
  }
  const [name, ...others] = [...files.keys()].filter((member) => MODEL_JSON.test(member));
  if (name === undefined || others.length > 0)
    throw unreadable(`has ${name === undefined ? 'no' : 'more than one'} model.json`);
  return takeApart(files, name.slice(0, -'model.json'.length), parse(files.get(name)!.toString('utf8')));
}

function takeApart(files: ReadonlyMap<string, Buffer>, folder: string, json: ModelJson): TfjsFiles {
  const { modelTopology, weightsManifest } = json;
  if (typeof modelTopology !== 'object' || modelTopology === null || !Array.isArray(weightsManifest))
    throw unreadable('has a model.json without modelTopology and weightsManifest');
  const format = json.format ?? ('node' in modelTopology ? 'graph-model' : 'layers-model');
  if (format !== 'layers-model' && format !== 'graph-model')
    throw unreadable(`has a model.json of format ${JSON.stringify(String(format).slice(0, 50))}`);
  const shards = weightsManifest
    .flatMap(({ paths }) => (Array.isArray(paths) ? paths : []))
    .map((path) => {
      const bytes = files.get(folder + String(path));
      if (!bytes) throw unreadable(`lacks the weights ${JSON.stringify(String(path).slice(0, 100))}`);
      return bytes;
    });
  const weights = Buffer.concat(shards);
  return {
    format,
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights: specs }) => (Array.isArray(specs) ? specs : [])),
    weightData: new Uint8Array(weights).buffer,
    signature: json.signature,
  };
}

function parse(text: string): ModelJson {
  try {
    const json = JSON.parse(text) as unknown;
    if (typeof json === 'object' && json !== null) return json;
    throw new Error('it is no object');
  } catch (error) {
    throw unreadable(`has a model.json that cannot be read: ${wordsOf(error)}`);
  }
}

export const unreadable = (what: string) =>
  modelError(
    'MODEL_UNREADABLE',
    `the artifact ${what}`,
    'Register a ZIP of the folder that TensorFlow.js saved: model.json and the weight files that it names.',
  );
