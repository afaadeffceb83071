import {
  amountOrNull,
  count,
  type Fields,
  fieldsOf,
  finite,
  invalid,
  textOrNull,
  unitScore,
} from '../fields.js';
import { importError, shown } from '../import-errors.js';
import { kind, listed, members, named, number, whole } from '../json/json-shape.js';
import { readJson } from '../read-json.js';
import type { ResultReader } from '../result-reader.js';
import { ResultsBuilder } from '../results-builder.js';

const PLACE = 'the file';
const VERSION = 3;
/** `failureReason` of a result that is one because something broke. */
const BROKEN = 2;

const RESULT = members({
  promptIdx: whole,
  testIdx: whole,
  provider: whole,
  success: whole,
  score: whole,
  failureReason: whole,
  error: kind,
  latencyMs: number,
  cost: number,
  namedScores: named(number),
});

/**
 * `promptfoo eval -o results.json`: `{evalId, results: {version: 3, results, prompts, stats}, config}`. A test is an item; where there
 * are several prompts, each is a task. Source: promptfoo `src/types/index.ts` (EvaluateSummaryV3, EvaluateResult).
 */
export const readPromptfoo: ResultReader = async (source, limits) => {
  const builder = new ResultsBuilder('promptfoo', limits);
  const providers = new Set<string>();
  const prompts = new Set<string>();
  let file = fieldsOf(null);
  const shape = members({
    evalId: whole,
    config: members({ description: whole }),
    results: members({
      version: whole,
      stats: members({ successes: number, failures: number, errors: number }),
      results: listed(RESULT, (result, { text }) => {
        const { provider, prompt } = addResult(builder, fieldsOf(result), text);
        prompts.add(prompt);
        if (provider !== null) providers.add(provider);
        if (providers.size > 1) throw severalProviders([...providers], text);
      }),
    }),
  });
  const take = (document: unknown) => (file = fieldsOf(document));
  await readJson(source, { place: PLACE, limits, documents: 'one', shape, take });
  const results = fieldsOf(file.results);
  if (results.version !== VERSION) throw wrongVersion(results.version);
  const name =
    textOrNull(fieldsOf(file.config), 'description', PLACE) ??
    textOrNull(file, 'evalId', PLACE) ??
    'promptfoo';
  addTotal(builder, fieldsOf(results.stats));
  return builder.finish({
    formatVersion: String(VERSION),
    model: [...providers][0] ?? null,
    status: 'completed',
    renameTask: (prompt) => (prompt === null || prompts.size < 2 ? name : `${name} [prompt ${prompt}]`),
  });
};

function addResult(builder: ResultsBuilder, result: Fields, where: string) {
  if (typeof result.success !== 'boolean') throw invalid(where, 'success', result.success, 'true or false');
  const scores: Record<string, number | null> = {
    success: Number(result.success),
    score: unitScore(result.score, 'score', where),
  };
  for (const [name, score] of Object.entries(fieldsOf(result.namedScores)))
    scores[`named ${name}`] = score === null ? null : finite(score, name, where);
  const prompt = String(count(result, 'promptIdx', where, 0));
  builder.add(
    {
      task: prompt,
      taskId: String(count(result, 'testIdx', where, null)),
      trial: 1,
      scores,
      ...(result.failureReason === BROKEN ? { outcome: 'error' as const } : {}),
      latencyMs: amountOrNull(result, 'latencyMs', where),
      cost: amountOrNull(result, 'cost', where),
    },
    where,
  );
  const provider = result.provider ?? null;
  return {
    prompt,
    provider: typeof provider === 'string' ? provider : textOrNull(fieldsOf(provider), 'id', where),
  };
}

function addTotal(builder: ResultsBuilder, stats: Fields): void {
  const where = `${PLACE}, results.stats`;
  const [successes, ...others] = ['successes', 'failures', 'errors'].map((name) =>
    amountOrNull(stats, name, where),
  );
  if (successes === null || successes === undefined) return;
  const n = others.reduce<number>((sum, each) => sum + (each ?? 0), successes);
  builder.addTotal(
    { task: null, metric: 'success', value: n === 0 ? null : successes / n, stderr: null, n },
    where,
  );
}

const severalProviders = (providers: readonly string[], where: string) =>
  importError(
    'IMPORT_MODELS_SEVERAL',
    where,
    `the results are of several providers: ${providers.map(shown).join(', ')}`,
    'Import a run of one: `promptfoo eval --filter-providers`. Results belong to one model version.',
  );

const wrongVersion = (version: unknown) =>
  importError(
    'IMPORT_VERSION_UNSUPPORTED',
    `${PLACE}, results.version`,
    `it is ${shown(version)}; read is ${VERSION}`,
    'Write the results with promptfoo 0.90 or newer: `promptfoo export eval ID -o results.json`.',
  );
