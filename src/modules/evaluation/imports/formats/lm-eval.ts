import { amountOrNull, type Fields, fieldsOf, finite, textOrNull, unitScore } from '../fields.js';
import { listed, members, named, number, whole } from '../json/json-shape.js';
import { readJson } from '../read-json.js';
import type { ResultReader } from '../result-reader.js';
import { ResultsBuilder } from '../results-builder.js';
import { addLmEvalSample, LM_EVAL_SAMPLE, unitMetric } from './lm-eval-sample.js';

const PLACE = 'the file';

/**
 * Totals of lm-evaluation-harness: v0 `{results: {task: {acc, acc_stderr}}, versions}`; v0.4 names metrics with their filter
 * (`acc,none`) and adds configs, n-shot, n-samples and, where it was asked to, samples.
 * Source: EleutherAI/lm-evaluation-harness `loggers/evaluation_tracker.py`, `evaluator.py`.
 */
export const readLmEval: ResultReader = async (source, limits) => {
  const builder = new ResultsBuilder('lm-eval', limits);
  let file = fieldsOf(null);
  const shape = members({
    results: named(named(whole)),
    versions: whole,
    config: members({ model: whole, model_args: whole }),
    configs: named(members({})),
    'n-shot': whole,
    'n-samples': named(members({ effective: number, original: number })),
    lm_eval_version: whole,
    model_name: whole,
    samples: named(
      listed(LM_EVAL_SAMPLE, (sample, { path, text }) =>
        addLmEvalSample(builder, fieldsOf(sample), String(path[1]), text),
      ),
    ),
  });
  const take = (document: unknown) => (file = fieldsOf(document));
  await readJson(source, { place: PLACE, limits, documents: 'one', shape, take });
  const results = Object.entries(fieldsOf(file.results));
  for (const [task, metrics] of results) addTotals(builder, task, fieldsOf(metrics), file);
  return builder.finish({
    formatVersion: textOrNull(file, 'lm_eval_version', PLACE) ?? (isFourth(file) ? '0.4' : '0'),
    model: modelOf(file),
    status: 'completed',
    tasks: results.map(([task]) => task),
  });
};

const isFourth = (file: Fields) => file.configs !== undefined || file['n-shot'] !== undefined;

function addTotals(builder: ResultsBuilder, task: string, metrics: Fields, file: Fields): void {
  const where = `${PLACE}, results.${task}`;
  const n = amountOrNull(fieldsOf(fieldsOf(file['n-samples'])[task]), 'effective', where);
  for (const [key, value] of Object.entries(metrics)) {
    // Names, `alias`, and "N/A" where a group has no number of its own.
    if (typeof value === 'string' || value === null || /_stderr(,|$)|^sample_len$/.test(key)) continue;
    const total = unitMetric(key) ? unitScore(value, key, where) : finite(value, key, where);
    const stderr = metrics[key.replace(/(,.*)?$/, '_stderr$1')];
    // Not a number where there is one sample, "N/A" where nobody knows a formula.
    const isKnown = typeof stderr === 'number' && Number.isFinite(stderr) && stderr >= 0;
    builder.addTotal({ task, metric: key, value: total, stderr: isKnown ? stderr : null, n }, where);
  }
}

/** What was loaded, when the arguments say; else the kind of model. */
function modelOf(file: Fields): string | null {
  const config = fieldsOf(file.config);
  const name = textOrNull(file, 'model_name', PLACE);
  if (name !== null) return name;
  const args = config.model_args ?? null;
  const byName: Fields =
    typeof args === 'string'
      ? Object.fromEntries(args.split(',').map((each) => each.split(/=(.*)/s, 2) as [string, string]))
      : fieldsOf(args);
  for (const key of ['pretrained', 'model', 'path', 'engine']) {
    if (Object.hasOwn(byName, key) && typeof byName[key] === 'string') return byName[key];
  }
  return typeof config.model === 'string' ? config.model : null;
}
