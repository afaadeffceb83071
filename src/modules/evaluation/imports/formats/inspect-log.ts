import {
  amountOrNull,
  count,
  type Fields,
  fieldsOf,
  finite,
  invalid,
  itemName,
  listOf,
  missing,
  textOrNull,
} from '../fields.js';
import { importError, shown } from '../import-errors.js';
import type { RunStatus } from '../imported-results.js';
import { kind, listed, members, named, number, whole } from '../json/json-shape.js';
import type { ResultsBuilder } from '../results-builder.js';

/**
 * What Inspect's JSON log and the members of its `.eval` archive have in common.
 * Source: inspect_ai `log/_log.py` (EvalLog, EvalSample), `scorer/_metric.py` (Score, value_to_float).
 */

const EVAL = members({ task: whole, model: whole });

export const INSPECT_RESULTS = members({
  scores: listed(
    members({
      name: whole,
      reducer: whole,
      metrics: named(members({ name: whole, value: whole })),
      scored_samples: number,
    }),
  ),
  completed_samples: number,
});

export const INSPECT_HEADER = { version: whole, status: whole, eval: EVAL, results: INSPECT_RESULTS };

export const INSPECT_SAMPLE = members({
  id: whole,
  epoch: whole,
  // Of a score only its value: explanations and histories are long.
  scores: named(members({ value: whole })),
  score: members({ value: whole }),
  error: kind,
  invalidation: kind,
  total_time: number,
});

const VERSIONS = [1, 2];

const STATUS: Readonly<Record<string, RunStatus>> = {
  success: 'completed',
  cancelled: 'cancelled',
  error: 'failed',
  started: 'incomplete',
};

const GRADES: Readonly<Record<string, number>> = { C: 1, P: 0.5, I: 0, N: 0 };
const WORDS: Readonly<Record<string, number>> = { yes: 1, true: 1, no: 0, false: 0 };

/** A run's task, model, version and status. Throws IMPORT_VERSION_UNSUPPORTED, IMPORT_FIELD_... */
export function inspectRun(header: Fields, where: string) {
  const { version } = header;
  if (!VERSIONS.includes(version as number)) {
    throw importError(
      'IMPORT_VERSION_UNSUPPORTED',
      where,
      `the log has version ${shown(version)}; read are ${VERSIONS.join(' and ')}`,
      'Convert it with `inspect log convert`.',
    );
  }
  const run = fieldsOf(header.eval);
  const task = textOrNull(run, 'task', where);
  if (task === null) throw missing(where, 'eval.task');
  const status = Object.hasOwn(STATUS, String(header.status)) ? STATUS[String(header.status)] : undefined;
  if (status === undefined)
    throw invalid(where, 'status', header.status, `one of ${Object.keys(STATUS).join(', ')}`);
  return { task, model: textOrNull(run, 'model', where), status, formatVersion: String(version) };
}

/** The metrics that Inspect computed, by scorer: `match accuracy`. */
export function addInspectTotals(builder: ResultsBuilder, header: Fields, task: string, where: string): void {
  const results = fieldsOf(header.results);
  for (const score of listOf(results.scores).map(fieldsOf)) {
    const scorer = [textOrNull(score, 'name', where), textOrNull(score, 'reducer', where)];
    const metrics = fieldsOf(score.metrics);
    const stderr = valueOf(metrics.stderr, 'stderr', where);
    const n =
      amountOrNull(score, 'scored_samples', where) ?? amountOrNull(results, 'completed_samples', where);
    for (const [name, metric] of Object.entries(metrics)) {
      if (name === 'stderr') continue;
      const value = valueOf(metric, name, where);
      const isMean = name === 'accuracy' || name === 'mean';
      const label = [...scorer.filter((part) => part !== null), name].join(' ');
      builder.addTotal({ task, metric: label, value, stderr: isMean ? stderr : null, n }, where);
    }
  }
}

/** Inspect writes NaN for the metric of nothing. */
function valueOf(metric: unknown, name: string, where: string): number | null {
  const value = fieldsOf(metric).value ?? null;
  return value === null || Number.isNaN(value) ? null : finite(value, name, where);
}

/** One sample of one epoch. What broke off, was invalidated or has NaN for its score is unscored. */
export function addInspectSample(builder: ResultsBuilder, sample: Fields, task: string, where: string): void {
  const scores: Record<string, number | null> = {};
  const given = { ...fieldsOf(sample.scores), ...(sample.score ? { score: sample.score } : {}) };
  for (const [scorer, score] of Object.entries(given)) {
    for (const [name, value] of namedValues(scorer, fieldsOf(score).value ?? null)) {
      scores[name] = sample.invalidation ? null : scoreOf(value, name, where);
    }
  }
  const seconds = amountOrNull(sample, 'total_time', where);
  builder.add(
    {
      task,
      taskId: itemName(sample, 'id', where),
      trial: count(sample, 'epoch', where, 1),
      scores,
      ...(sample.error ? { outcome: 'error' as const } : {}),
      latencyMs: seconds === null ? null : seconds * 1000,
    },
    where,
  );
}

/** A scorer may give several values, by name or position. */
function namedValues(scorer: string, value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.map((each, i) => [`${scorer}[${i}]`, each]);
  if (typeof value !== 'object' || value === null) return [[scorer, value]];
  return Object.entries(value).map(([name, each]) => [`${scorer}.${name}`, each]);
}

/** As Inspect's own `value_to_float`, but that a text which is no grade is an error and not 0. */
function scoreOf(value: unknown, name: string, where: string): number | null {
  if (value === null || Number.isNaN(value)) return null;
  if (typeof value !== 'string') return finite(value, name, where);
  if (Object.hasOwn(GRADES, value)) return GRADES[value]!;
  const word = value.toLowerCase();
  if (Object.hasOwn(WORDS, word)) return WORDS[word]!;
  if (/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value)) return finite(Number(value), name, where);
  throw importError(
    'IMPORT_SCORE_UNREADABLE',
    where,
    `score ${name} is ${shown(value)}; expected C, I, P, N, yes, no or a number`,
    'Let the scorer give a grade or number, and keep other words in its metadata.',
  );
}
