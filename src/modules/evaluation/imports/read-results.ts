import { detectFormat } from './detect-format.js';
import { readInspectEval } from './formats/inspect-eval.js';
import { readInspectJson } from './formats/inspect-json.js';
import { readJunit } from './formats/junit.js';
import { readLmEval } from './formats/lm-eval.js';
import { readLmEvalSamples } from './formats/lm-eval-samples.js';
import { readOpenaiEvals } from './formats/openai-evals.js';
import { readPromptfoo } from './formats/promptfoo.js';
import { readTauBench } from './formats/tau-bench.js';
import { importError } from './import-errors.js';
import { IMPORT_LIMITS, type ImportLimits } from './import-limits.js';
import type { ImportedResults, ImportFormat } from './imported-results.js';
import type { ImportSource } from './import-source.js';
import type { ResultReader } from './result-reader.js';

const READERS: Readonly<Record<ImportFormat, ResultReader>> = {
  'inspect-json': readInspectJson,
  'inspect-eval': readInspectEval,
  'lm-eval': readLmEval,
  'lm-eval-samples': readLmEvalSamples,
  promptfoo: readPromptfoo,
  'openai-evals': readOpenaiEvals,
  'tau-bench': readTauBench,
  junit: readJunit,
};

export interface ReadOptions {
  /** Take it for this, whatever it looks like. */
  format?: ImportFormat | null;
  limits?: Partial<ImportLimits>;
}

/**
 * What a file of somebody's evaluation results says, in one form for all tools. The same bytes give the same document. Memory is
 * bounded by the limits. Throws InvalidInputError with a code of `IMPORT_CODES`.
 */
export async function readResults(source: ImportSource, options: ReadOptions = {}): Promise<ImportedResults> {
  const limits = { ...IMPORT_LIMITS, ...options.limits };
  if (source.size === 0)
    throw importError('IMPORT_EMPTY', 'the file', 'it has no bytes', 'Send the file that the tool wrote.');
  if (source.size > limits.fileBytes) {
    throw importError(
      'IMPORT_FILE_TOO_LARGE',
      'the file',
      `it has ${source.size} bytes; at most ${limits.fileBytes} are read`,
      'Import the run in parts, or without its transcripts.',
    );
  }
  const format = options.format ?? (await detectFormat(source, limits));
  return READERS[format](source, limits);
}
