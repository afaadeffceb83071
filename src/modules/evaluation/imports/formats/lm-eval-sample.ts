import { type Fields, finite, itemName, textOrNull, unitScore } from '../fields.js';
import { members, number, whole } from '../json/json-shape.js';
import type { ResultsBuilder } from '../results-builder.js';

/** A document with what the model answered: texts are read over, hashes kept, and every number beside them is a metric. */
export const LM_EVAL_SAMPLE = members(
  {
    doc_id: whole,
    filter: whole,
    doc_hash: whole,
    prompt_hash: whole,
    target_hash: whole,
    doc: null,
    target: null,
    arguments: null,
    resps: null,
    filtered_resps: null,
    metrics: null,
  },
  number,
);

const KNOWN = new Set(['doc_id', 'filter', 'doc_hash', 'prompt_hash', 'target_hash']);

/** Rates, whatever the task. Others may be percentages, log likelihoods, or lengths. */
const UNIT = new Set(['acc', 'acc_norm', 'acc_bytes', 'acc_mutual_info', 'exact_match']);

/** Whether a metric, with its filter or without, is a rate. */
export const unitMetric = (name: string) => UNIT.has(name.replace(/,.*$/s, ''));

/** One document under one filter: with several filters it stands once for each. Metrics are named as totals are: `acc,none`. */
export function addLmEvalSample(
  builder: ResultsBuilder,
  sample: Fields,
  task: string | null,
  where: string,
): void {
  const filter = textOrNull(sample, 'filter', where) ?? 'none';
  const scores: Record<string, number> = {};
  for (const [name, value] of Object.entries(sample)) {
    if (KNOWN.has(name) || value === null) continue;
    const score = UNIT.has(name) ? unitScore(value, name, where) : finite(value, name, where);
    scores[`${name},${filter}`] = score;
  }
  builder.addPart(
    {
      task,
      taskId: itemName(sample, 'doc_id', where),
      trial: 1,
      scores,
      hashes: {
        doc: textOrNull(sample, 'doc_hash', where),
        prompt: textOrNull(sample, 'prompt_hash', where),
        target: textOrNull(sample, 'target_hash', where),
      },
    },
    where,
  );
}
